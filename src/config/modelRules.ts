import { isMetricOf, formatMetricName, MACRO, metricsOf } from '../evaluation/metricName.ts';
import { listed, quote, suggestion, type Complain, type Path } from './complaint.ts';
import type { MetricName, ModelConfig } from './config.ts';
import { entriesOf } from './reading.ts';
import { tellRepeats, type Rule } from './rule.ts';

export const labelsFitTheTask: Rule = ({ path, written }, complain) => {
  const { task, positive, classes } = written;
  const leansOn = [[...path, 'task']];
  const remedy = 'Take it out';
  if (positive !== undefined && task !== 'binary') {
    const found = `a ${task} model has no positive label`;
    complain({ path: [...path, 'positive'], atKey: true, found, remedy, leansOn });
  }
  if (classes !== undefined && task === 'regression') {
    complain({ path: [...path, 'classes'], atKey: true, found: 'a regression model has no classes', remedy, leansOn });
  }
};

// Labels are kept as 16-bit indices.
const MOST_CLASSES = 65_535;

export const classesAreAsManyAsTheTaskHas: Rule = ({ path, model, written }, complain) => {
  const count = written.classes?.length;
  if (count === undefined || model.task.kind === 'regression') return;
  const binary = model.task.kind === 'binary';
  if (count >= 2 && count <= (binary ? 2 : MOST_CLASSES)) return;
  complain({
    path: [...path, 'classes'],
    found: count === 1 ? 'one class' : `${count} classes`,
    expected: binary ? 'the two classes of a binary model' : `from 2 to ${MOST_CLASSES}`,
    leansOn: [[...path, 'task']],
  });
};

export const classesAreDistinct: Rule = ({ path, model }, complain) => {
  const classes = classesOf(model);
  tellRepeats(classes, (label, index, first) => {
    const found = `the class ${quote(label)} stands in the list already, at [${first}]`;
    complain({ path: [...path, 'classes', index], found, leansOn: [[...path, 'classes', first]] });
  });
  const macro = classes.indexOf(MACRO);
  if (macro >= 0) {
    const found = `a class named ${quote(MACRO)}, which stands for the average over classes in metrics`;
    complain({ path: [...path, 'classes', macro], found, remedy: 'Give the class another label' });
  }
};

export const positiveIsOneOfTheClasses: Rule = ({ path, model }, complain) => {
  const classes = classesOf(model);
  const positive = model.task.kind === 'binary' ? model.task.positive : undefined;
  if (positive === undefined || classes.length === 0 || classes.includes(positive)) return;
  complain({
    path: [...path, 'positive'],
    found: quote(positive),
    expected: `one of the classes ${listed(classes)}`,
    leansOn: [[...path, 'classes']],
  });
};

function classesOf(model: ModelConfig): readonly string[] {
  return model.task.kind === 'regression' ? [] : (model.task.classes ?? []);
}

export const metricsFitTheTask: Rule = ({ path, model, written }, complain) => {
  for (const [index, entry] of entriesOf(written.metrics, [...path, 'metrics']).entries()) {
    const metric = model.metrics[index];
    if (metric !== undefined) tellMisfit(metric, model, entry.path, path, complain);
  }
  for (const [index, gate] of model.gates.entries()) {
    tellMisfit(gate.metric, model, [...path, 'gates', index, 'metric'], path, complain);
  }
};

function tellMisfit(metric: MetricName, model: ModelConfig, path: Path, modelPath: Path, complain: Complain): void {
  const { task } = model;
  if (!isMetricOf(task.kind, metric)) {
    complain({
      path,
      found: `${quote(formatMetricName(metric))} says nothing of a ${task.kind} model`,
      expected: `one of ${listed(metricsOf(task.kind))}`,
      leansOn: [[...modelPath, 'task']],
    });
    return;
  }
  const classes = classesOf(model);
  if (classes.length === 0 || metric.of === undefined || metric.of === MACRO || classes.includes(metric.of)) return;
  complain({
    path,
    found: `no class ${quote(metric.of)} is listed`,
    expected: `one of ${listed(classes)}`,
    ...suggestion(metric.of, classes),
    leansOn: [
      [...modelPath, 'task'],
      [...modelPath, 'classes'],
    ],
  });
}

export const metricsAreNamedOnce: Rule = ({ path, model, written }, complain) => {
  const entries = entriesOf(written.metrics, [...path, 'metrics']);
  tellRepeats(model.metrics.map(formatMetricName), (name, index, first) => {
    const entry = entries[index];
    const before = entries[first];
    if (entry === undefined || before === undefined) return;
    const found = `the metric ${quote(name)} is named already, at [${first}]`;
    complain({ path: entry.path, found, remedy: 'Name it once', leansOn: [before.path] });
  });
};

export const targetIsNoFeature: Rule = ({ path, model }, complain) => {
  const index = model.features?.indexOf(model.target) ?? -1;
  if (index < 0) return;
  complain({
    path: [...path, 'features', index],
    found: `the target ${quote(model.target)} is among the features`,
    remedy: 'Take it out: a model that reads the truth needs no judging',
    leansOn: [[...path, 'target']],
  });
};

export const featuresAreNamedOnce: Rule = ({ path, model }, complain) => {
  tellRepeats(model.features ?? [], (name, index, first) => {
    const found = `the feature ${quote(name)} is named already, at [${first}]`;
    complain({ path: [...path, 'features', index], found, remedy: 'Name it once' });
  });
};

export const targetIsAColumnOfItsOwn: Rule = ({ path, model }, complain) => {
  for (const role of ['id', 'time', 'group'] as const) {
    if (model[role] !== model.target) continue;
    const found = `${quote(model.target)} is the target too`;
    complain({ path: [...path, role], found, expected: 'another column', leansOn: [[...path, 'target']] });
  }
};

export const environmentsAreNamedOnce: Rule = ({ path, model, written }, complain) => {
  const entries = entriesOf(written.deploy?.environments, [...path, 'deploy', 'environments']);
  tellRepeats(model.deploy.environments, (name, index, first) => {
    const entry = entries[index];
    const before = entries[first];
    if (entry === undefined || before === undefined) return;
    const found = `the environment ${quote(name)} is named already, at [${first}]`;
    complain({ path: entry.path, found, remedy: 'Name it once', leansOn: [before.path] });
  });
};
