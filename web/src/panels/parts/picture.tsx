/** One sample that is a picture. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { drawPicture } from "./pixels";

interface Props {
  ink: ArrayLike<number>;
  width: number;
  height: number;
  high?: number;
  /** Without one the picture is an ornament: what stands beside it says all. */
  label?: string;
}

export function Picture({ ink, width, height, high = 1, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current) {
      drawPicture(canvas.current, ink, width, height, high);
    }
  });
  return label ? (
    <canvas ref={canvas} class="pixels" role="img" aria-label={label} />
  ) : (
    <canvas ref={canvas} class="pixels" aria-hidden="true" />
  );
}
