/** What several components need from the browser. */

import { effect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Views } from "../protocol";
import type { Lab } from "./lab";

/** The width that an element has, kept up to date. */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) {
      return;
    }
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}

/** Runs after the render and again whenever a signal that it read has changed. */
export function useDrawing(draw: () => void, dependencies: unknown[]): void {
  useEffect(() => effect(draw), dependencies);
}

/** Asks for views while the element is on the screen: the rest costs nothing. */
export function useViews(
  lab: Lab,
  ref: RefObject<HTMLElement | null>,
  views: Partial<Views>,
): void {
  const wanted = JSON.stringify(views);
  useEffect(() => {
    let stop: (() => void) | null = null;
    const observer = new IntersectionObserver((entries) => {
      const seen = entries[entries.length - 1].isIntersecting;
      if (seen && !stop) {
        stop = lab.want(JSON.parse(wanted));
      } else if (!seen) {
        stop?.();
        stop = null;
      }
    });
    if (ref.current) {
      observer.observe(ref.current);
    }
    return () => {
      observer.disconnect();
      stop?.();
    };
  }, [lab, ref, wanted]);
}

/** A canvas's context, with one unit of it one CSS pixel, and the canvas cleared. */
export function cleared(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

/** The same function for the whole life of a component, calling the newest one. */
export function useLatest<Arguments extends unknown[]>(
  act: (...given: Arguments) => void,
): (...given: Arguments) => void {
  const latest = useRef(act);
  latest.current = act;
  const stable = useRef((...given: Arguments) => latest.current(...given));
  return stable.current;
}

/** Often enough that it is seen to live: nobody reads sixty numbers a second. */
const PAUSE = 120;

/**
 * Asks the engine now, and again after each change: one question at a time, and while it
 * trains only every so often. What is answered is put, unless nobody waits any more.
 */
export function keepAsking(lab: Lab, ask: () => Promise<(() => void) | null>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let stale = false;
  let gone = false;
  async function turn(): Promise<void> {
    timer = undefined;
    [asking, stale] = [true, false];
    const put = await ask();
    asking = false;
    if (!gone) {
      put?.();
      if (stale) {
        soon();
      }
    }
  }
  function soon(): void {
    stale = true;
    if (!asking) {
      timer ??= setTimeout(turn, lab.playing.peek() ? PAUSE : 0);
    }
  }
  const stops = [lab.frame, lab.sample, lab.playing].map((each) => each.subscribe(soon));
  return () => {
    gone = true;
    clearTimeout(timer);
    for (const stop of stops) {
      stop();
    }
  };
}
