/** The texts of the page itself: controls, network, curves, messages. */
export const page = {
  name: "Kobai lab",
};
