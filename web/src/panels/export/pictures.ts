/** What is drawn on the page's canvases as PNG files. */

import type { Lab } from "../../page/lab";
import { download } from "../parts/files";

/** The values of `data-picture` that the page marks its canvases with. */
export const PICTURES = ["surface", "loss"] as const;
export type PictureName = (typeof PICTURES)[number];

export async function savePicture(lab: Lab, name: PictureName) {
  const found = lab.root.querySelector(`canvas[data-picture=${name}]`);
  // Samples lie on a canvas of their own, over the one with the colours.
  const layers = [...(found?.parentElement?.querySelectorAll("canvas") ?? [])];
  const blob = layers.length > 0 && (await onPaper(layers, lab.root));
  if (blob) {
    download(lab, `${name}.png`, blob, "image/png");
  }
}

/** A canvas is transparent where nothing is drawn; a picture needs paper. */
function onPaper(layers: HTMLCanvasElement[], root: HTMLElement): Promise<Blob | null> {
  const copy = document.createElement("canvas");
  copy.width = Math.max(...layers.map((layer) => layer.width));
  copy.height = Math.max(...layers.map((layer) => layer.height));
  const context = copy.getContext("2d") as CanvasRenderingContext2D;
  context.fillStyle = getComputedStyle(root).getPropertyValue("--paper") || "#fff";
  context.fillRect(0, 0, copy.width, copy.height);
  for (const layer of layers) {
    context.drawImage(layer, 0, 0, copy.width, copy.height);
  }
  return new Promise((resolve) => copy.toBlob(resolve));
}
