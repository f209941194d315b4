/** What all figures share: they move when they are first seen, until a hand takes over. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Say } from "./texts";

export interface FigureProps {
  say: Say;
  /** What the element says besides: data-… */
  given: DOMStringMap;
}

export interface Motion {
  moving: boolean;
  put: (moving: boolean) => void;
  /** Goes on the element that must be seen. */
  seen: { current: HTMLElement | null };
}

/** Calls `tick` with the seconds since it began, about 30 times a second, while in sight. */
export function useMotion(tick: (seconds: number) => void): Motion {
  const seen = useRef<HTMLElement>(null);
  const [moving, put] = useState(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  const latest = useRef(tick);
  latest.current = tick;
  const clock = useRef(0);
  useEffect(() => {
    if (!moving || !seen.current) {
      return;
    }
    let [frame, last, visible] = [0, 0, false];
    const step = (now: number) => {
      frame = visible ? requestAnimationFrame(step) : 0;
      if (now - last > 30) {
        // A hidden page may come back after minutes: those do not count.
        clock.current += Math.min(0.1, (now - last) / 1000);
        last = now;
        latest.current(clock.current);
      }
    };
    const watcher = new IntersectionObserver(([entry]) => {
      visible = entry.isIntersecting;
      if (visible && !frame) {
        frame = requestAnimationFrame(step);
      }
    });
    watcher.observe(seen.current);
    return () => {
      watcher.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [moving]);
  return { moving, put, seen };
}

interface FrameProps {
  say: Say;
  motion: Motion;
  caption: string;
  children: ComponentChildren;
  again?: () => void;
}

export function Frame({ say, motion, caption, children, again }: FrameProps) {
  return (
    <figure ref={motion.seen}>
      {children}
      <div class="buttons">
        <button type="button" onClick={() => motion.put(!motion.moving)}>
          {say(motion.moving ? "pause" : "play")}
        </button>
        {again && (
          <button type="button" onClick={again}>
            {say("again")}
          </button>
        )}
      </div>
      <figcaption>{caption}</figcaption>
    </figure>
  );
}

interface SlideProps {
  label: string;
  value: number;
  text?: string;
  min: number;
  max: number;
  step: number;
  onSlide: (value: number) => void;
}

export function Slide({ label, value, text = `${value}`, onSlide, ...range }: SlideProps) {
  const id = useId();
  return (
    <div class="slide">
      <label for={id}>
        {label} <output>{text}</output>
      </label>
      <input
        id={id}
        type="range"
        value={value}
        {...range}
        aria-valuetext={text}
        onInput={(event) => onSlide(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}

/** To and fro between two ends, once in so many seconds. */
export const swing = (seconds: number, low: number, high: number, period = 8) =>
  low + (high - low) * (0.5 - 0.5 * Math.cos((2 * Math.PI * seconds) / period));
