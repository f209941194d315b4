/** Where a sample comes by on its way through a network of so many layers, and back. */

export type Stop = {
  /** The last layer whose outputs are known, −1 for none. */
  reached: number;
  /** The first layer whose errors are known; one behind the last for none. */
  returned: number;
} & ({ kind: "input" | "loss" | "update" } | { kind: "forward" | "backward"; layer: number });

export function stops(layers: number): Stop[] {
  const order = Array.from({ length: layers }, (_, layer) => layer);
  const none = { returned: layers };
  const all = { reached: layers - 1 };
  return [
    { kind: "input", reached: -1, ...none },
    ...order.map((layer) => ({ kind: "forward" as const, layer, reached: layer, ...none })),
    { kind: "loss", ...all, ...none },
    ...order
      .toReversed()
      .map((layer) => ({ kind: "backward" as const, layer, ...all, returned: layer })),
    { kind: "update", ...all, returned: 0 },
  ];
}
