/** Pictures of the page as files: the network as SVG, the canvases as PNG. */

import type { Lab } from "../../page/lab";
import { download } from "../parts/files";

/** The names of what the page marks with `data-picture`. */
export const PICTURES = { network: "svg", surface: "png", loss: "png" } as const;
export type PictureName = keyof typeof PICTURES;

export async function savePicture(lab: Lab, name: PictureName) {
  const found = lab.root.querySelector(`[data-picture=${name}]`);
  if (found instanceof SVGSVGElement) {
    download(lab, `${name}.svg`, standalone(found), "image/svg+xml");
  } else if (found instanceof HTMLCanvasElement) {
    const blob = await onPaper(found, lab.root);
    if (blob) {
      download(lab, `${name}.png`, blob, "image/png");
    }
  }
}

const LOOKS = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-opacity",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
];

/** An SVG with the look that the page's styles give it, so that it needs them no more. */
export function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll("*")];
  const copies = [copy, ...copy.querySelectorAll("*")];
  for (const [i, original] of originals.entries()) {
    const style = getComputedStyle(original);
    const text = LOOKS.map((look) => `${look}:${style.getPropertyValue(look)}`).join(";");
    copies[i].setAttribute("style", text);
  }
  const box = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", `${box.width}`);
  copy.setAttribute("height", `${box.height}`);
  return new XMLSerializer().serializeToString(copy);
}

/** A canvas is transparent where nothing is drawn; a picture needs paper. */
function onPaper(canvas: HTMLCanvasElement, root: HTMLElement): Promise<Blob | null> {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext("2d") as CanvasRenderingContext2D;
  context.fillStyle = getComputedStyle(root).backgroundColor;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return new Promise((resolve) => copy.toBlob(resolve));
}
