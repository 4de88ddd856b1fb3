import {
  holdoutComesFromOnePlace,
  sharesLeaveRowsToTrainOn,
  splitHasRowsToPutAside,
  splitNamesItsColumn,
  trainingHasData,
  validationComesFromOnePlace,
  validationLiesBeforeTheHoldout,
} from './dataRules.ts';
import {
  boundsLieInTheMetricsRange,
  gatesAskForOneChange,
  gatesHaveABound,
  gatesSpeakOnceOfAMetric,
  gatesWatchDefinedSlices,
  latencyHasAMaximumOnly,
  leastIsNotAboveGreatest,
  slicesAreNamedOnce,
  slicesHaveUsableNames,
} from './gateRules.ts';
import {
  classesAreAsManyAsTheTaskHas,
  classesAreDistinct,
  environmentsAreNamedOnce,
  featuresAreNamedOnce,
  labelsFitTheTask,
  metricsAreNamedOnce,
  metricsFitTheTask,
  positiveIsOneOfTheClasses,
  targetIsAColumnOfItsOwn,
  targetIsNoFeature,
} from './modelRules.ts';
import type { Rule } from './rule.ts';
import {
  environmentVariablesAreNames,
  outputIsAModelOrPredictions,
  outputIsOneFile,
  predictionsAreMatchedById,
  setupIsOneOfItsKinds,
  trainingFilesHaveNamesEverywhere,
} from './trainRules.ts';

/** What must hold of every model of the configuration, beyond the shape of the file. */
export const RULES: readonly Rule[] = [
  labelsFitTheTask,
  classesAreAsManyAsTheTaskHas,
  classesAreDistinct,
  positiveIsOneOfTheClasses,
  targetIsAColumnOfItsOwn,
  targetIsNoFeature,
  featuresAreNamedOnce,

  holdoutComesFromOnePlace,
  validationComesFromOnePlace,
  splitHasRowsToPutAside,
  splitNamesItsColumn,
  sharesLeaveRowsToTrainOn,
  validationLiesBeforeTheHoldout,

  trainingHasData,
  setupIsOneOfItsKinds,
  outputIsOneFile,
  outputIsAModelOrPredictions,
  predictionsAreMatchedById,
  environmentVariablesAreNames,
  trainingFilesHaveNamesEverywhere,

  slicesHaveUsableNames,
  slicesAreNamedOnce,
  metricsFitTheTask,
  metricsAreNamedOnce,

  gatesWatchDefinedSlices,
  gatesHaveABound,
  gatesAskForOneChange,
  gatesSpeakOnceOfAMetric,
  leastIsNotAboveGreatest,
  boundsLieInTheMetricsRange,
  latencyHasAMaximumOnly,

  environmentsAreNamedOnce,
];
