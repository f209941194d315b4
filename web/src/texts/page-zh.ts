import type { page as english } from "./page-en";

export const page: Record<keyof typeof english, string> = {
  name: "Kobai 实验室",
};
