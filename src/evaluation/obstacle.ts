import type { ClassAnswers } from './evaluationRows.ts';

/** Why a model's answers cannot carry a metric; `undefined` where they can. */
export type Obstacle = (answers: ClassAnswers) => string | undefined;

export const answersProbabilities: Obstacle = ({ probabilities }) =>
  probabilities === 'labels-only' ? 'the model answers labels without probabilities' : undefined;

/** Rounding takes a random forest's probabilities a hair out of [0, 1]; margins and logits go much further. */
const SLACK = 1e-3;

export const isProbability: Obstacle = ({ range: [lowest, highest] }) =>
  lowest < -SLACK || highest > 1 + SLACK
    ? `the model answers scores from ${lowest} to ${highest}, which are no probabilities`
    : undefined;
