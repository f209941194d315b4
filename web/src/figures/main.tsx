/**
 * Small figures for pages: `<div data-kobai="activation"></div>` becomes one.
 *
 * They speak the language of the nearest `lang`, and use the colours of the page.
 */

import { render } from "preact";
import { Descent, LearningRate, Minibatch } from "./descents";
import css from "./figures.css";
import { Activation, Derivative, Loss, Softmax } from "./functions";
import { Digits, Neuron, Overfitting, SmallNetwork, Vanishing } from "./learning";
import type { FigureProps } from "./moving";
import { type Language, sayer, WORDS } from "./texts";

const FIGURES: Record<string, (properties: FigureProps) => preact.VNode> = {
  activation: Activation,
  derivative: Derivative,
  descent: Descent,
  "learning-rate": LearningRate,
  minibatch: Minibatch,
  loss: Loss,
  overfitting: Overfitting,
  vanishing: Vanishing,
  neuron: Neuron,
  network: SmallNetwork,
  softmax: Softmax,
  digits: Digits,
};

function languageOf(element: Element): Language {
  const tag = element.closest("[lang]")?.getAttribute("lang") ?? "en";
  const found = tag.slice(0, 2).toLowerCase();
  return found in WORDS ? (found as Language) : "en";
}

function show(element: HTMLElement) {
  const Figure = FIGURES[element.dataset.kobai ?? ""];
  if (Figure && !element.classList.contains("kobai-figure")) {
    // What stood there is for readers without scripts, and for print.
    element.replaceChildren();
    element.classList.add("kobai-figure");
    render(<Figure say={sayer(languageOf(element))} given={element.dataset} />, element);
  }
}

function showAll() {
  for (const element of document.querySelectorAll<HTMLElement>("[data-kobai]")) {
    show(element);
  }
}

function begin() {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  showAll();
  // The site changes pages without loading them anew.
  new MutationObserver(showAll).observe(document.body, { childList: true, subtree: true });
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", begin);
} else {
  begin();
}
