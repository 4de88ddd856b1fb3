import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/config/rules.ts';
import { LEAST, problemsWith, TRAIN } from './written.ts';

type Written = Readonly<Record<string, unknown>>;

const trained = (train: Written): Written => ({
  data: { train: 'train.csv', holdout: 'holdout.csv' },
  train: { ...TRAIN, ...train },
});
const split = (written: Written): Written => ({ data: { train: 'all.csv', split: written } });
const gate = (...gates: readonly Written[]): Written => ({ gates });
const multiclass = (written: Written): Written => ({ task: 'multiclass', ...written });

/** For each rule, models that breach it and it alone, with what is said. */
const BREACHES: { readonly [rule: string]: readonly (readonly [model: Written, problem: string])[] } = {
  labelsFitTheTask: [
    [multiclass({ positive: 'a' }), 'positive: a multiclass model has no positive label. Take it out.'],
    [
      { task: 'regression', metrics: [], classes: ['a', 'b'] },
      'classes: a regression model has no classes. Take it out.',
    ],
  ],
  classesAreAsManyAsTheTaskHas: [
    [multiclass({ classes: ['a'] }), 'classes: one class. Expected from 2 to 65535.'],
    [{ classes: ['a', 'b', 'c'] }, 'classes: 3 classes. Expected the two classes of a binary model.'],
  ],
  classesAreDistinct: [
    [multiclass({ classes: ['a', 'b', 'a'] }), 'classes[2]: the class "a" stands in the list already, at [0].'],
    [
      multiclass({ classes: ['a', 'macro'] }),
      'classes[1]: a class named "macro", which stands for the average over classes in metrics. Give the class another label.',
    ],
  ],
  positiveIsOneOfTheClasses: [
    [{ classes: ['no', 'yes'], positive: 'Yes' }, 'positive: "Yes". Expected one of the classes no, yes.'],
  ],
  targetIsAColumnOfItsOwn: [[{ id: 'churned' }, 'id: "churned" is the target too. Expected another column.']],
  targetIsNoFeature: [
    [
      { features: ['tenure', 'churned'] },
      'features[1]: the target "churned" is among the features. Take it out: a model that reads the truth needs no judging.',
    ],
  ],
  featuresAreNamedOnce: [
    [{ features: ['a', 'b', 'a'] }, 'features[2]: the feature "a" is named already, at [0]. Name it once.'],
  ],
  holdoutComesFromOnePlace: [
    [
      { data: { train: 'all.csv', holdout: 'holdout.csv', split: { holdout: '20%' } } },
      'data.holdout: data.split puts a holdout aside already. Expected a holdout from one place. Keep either holdout or split.',
    ],
    [
      { data: {} },
      'data.holdout: no rows are put aside to judge the model. Name the files that judge it in data.holdout, or all files in data.train and add "split: {holdout: 20%}".',
    ],
    [
      { data: { train: 'data.csv' } },
      'data.holdout: no rows are put aside to judge the model. Name files in data.holdout, or add "split: {holdout: 20%}".',
    ],
  ],
  validationComesFromOnePlace: [
    [
      { data: { train: 'all.csv', validation: 'v.csv', split: { holdout: '20%', validation: '10%' } } },
      'data.validation: data.split puts validation rows aside already. Expected validation rows from one place. Keep either data.validation or data.split.validation.',
    ],
  ],
  splitHasRowsToPutAside: [
    [
      { data: { split: { holdout: '20%' } } },
      'data.train: data.split puts rows of data.train aside, and data.train is missing. Name the files of all rows in data.train.',
    ],
  ],
  splitNamesItsColumn: (['id', 'group', 'time'] as const).map((by) => [
    split({ by, holdout: by === 'time' ? '2024-07-01' : '20%' }),
    `data.split.by: rows are split by ${by}, and the model names no such column. Add "${by}: COLUMN" to the model.`,
  ]),
  sharesLeaveRowsToTrainOn: [
    [
      split({ holdout: '70%', validation: '30%' }),
      'data.split: holdout and validation leave no rows to train on. Expected shares that sum to less than 100%.',
    ],
  ],
  validationLiesBeforeTheHoldout: [
    [
      { time: 'at', ...split({ by: 'time', holdout: '2024-07-01', validation: '2024-07-01T00:00Z' }) },
      'data.split.validation: validation starts when the holdout has begun. Expected an instant before data.split.holdout.',
    ],
  ],
  trainingHasData: [
    [
      { train: TRAIN },
      'data.train: the model is trained, and data.train names no rows to train on. Name the files in data.train.',
    ],
  ],
  trainingFilesHaveNamesEverywhere: [
    [
      trained({ inputs: ['train.py', 'src/Aux/x.py'] }),
      'train.inputs[1]: "src/Aux/x.py", in which no file on Windows can be called "Aux". Expected no device names (CON, NUL, AUX, ...), and no dot or blank at the end of a name. Rename it.',
    ],
    [
      trained({ output: 'nul.onnx' }),
      'train.output: "nul.onnx", in which no file on Windows can be called "nul.onnx". Expected no device names (CON, NUL, AUX, ...), and no dot or blank at the end of a name. Rename it.',
    ],
    [
      trained({ files: 'notes./x.txt' }),
      'train.files: "notes./x.txt", in which no file on Windows can be called "notes.". Expected no device names (CON, NUL, AUX, ...), and no dot or blank at the end of a name. Rename it.',
    ],
  ],
  setupIsOneOfItsKinds: [
    [
      trained({ setup: { requirements: 'r.txt', command: 'make' } }),
      'train.setup: both requirements and command. Expected either "requirements: FILE" or "command: [WORD, ...]".',
    ],
    [
      trained({ setup: {} }),
      'train.setup: an empty mapping. Expected either "requirements: FILE" or "command: [WORD, ...]".',
    ],
  ],
  outputIsOneFile: [
    [trained({ output: '*.onnx' }), 'train.output: the pattern "*.onnx". Expected the name of one file.'],
  ],
  outputIsAModelOrPredictions: [
    [
      trained({ output: 'model.pkl' }),
      'train.output: "model.pkl". Expected an ONNX model (.onnx), or predictions (.csv, .parquet). Export the model as ONNX, or let training write its predictions for the holdout.',
    ],
  ],
  predictionsAreMatchedById: [
    [
      trained({ output: 'predictions.csv' }),
      'train.output: predictions on file, and the model names no column that identifies a row. Add "id: COLUMN" to the model.',
    ],
  ],
  environmentVariablesAreNames: [
    [
      trained({ env: ['TOKEN=hunter2'] }),
      'train.env[0]: a value for "TOKEN". Expected the name alone. Set the value where the command runs.',
    ],
    [
      trained({ env: ['MY-TOKEN'] }),
      'train.env[0]: "MY-TOKEN". Expected the name of an environment variable, such as HF_TOKEN.',
    ],
    [
      trained({ env: ['TOUCHSTONE_SEED'] }),
      'train.env[0]: "TOUCHSTONE_SEED". Expected a name that Touchstone does not set itself.',
    ],
  ],
  slicesHaveUsableNames: [
    [
      { slices: [{ name: 'overall', where: 'true' }] },
      'slices[0].name: "overall". Expected another name: overall is every row.',
    ],
    [
      { slices: ['sex', { name: 'sex=Male', where: 'true' }] },
      'slices[1].name: "sex=Male". Expected another name: "sex=..." names the slices of the column "sex".',
    ],
    [
      { slices: [{ name: 'new\nones', where: 'true' }] },
      'slices[0].name: "new\\nones". Expected up to 100 characters on one line, without blanks at the ends.',
    ],
  ],
  slicesAreNamedOnce: [
    [
      { slices: ['sex', 'sex'] },
      'slices[1]: the slice "sex" is defined already, at [0]. Take one of the two out, or rename it.',
    ],
  ],
  metricsFitTheTask: [
    [
      { metrics: ['rmse'] },
      'metrics[0]: "rmse" says nothing of a binary model. Expected one of accuracy, recall, recall[CLASS], recall[macro], precision, precision[CLASS], precision[macro], f1, f1[CLASS], f1[macro], logLoss, brier and 5 more.',
    ],
    [
      multiclass({ classes: ['cat', 'dog'], gates: [{ metric: 'recall[dig]', min: 0.5 }] }),
      'gates[0].metric: no class "dig" is listed. Expected one of cat, dog. Perhaps "dog" is meant.',
    ],
  ],
  metricsAreNamedOnce: [
    [{ metrics: ['auc', 'auc'] }, 'metrics[1]: the metric "auc" is named already, at [0]. Name it once.'],
  ],
  gatesWatchDefinedSlices: [
    [
      {
        slices: [{ name: 'tenure=new', where: 'tenure < 12' }],
        ...gate({ metric: 'auc', slice: 'country=FR', min: 0.5 }),
      },
      'gates[0].slice: no slice "country=FR" is defined. Add it to slices, or correct the name; defined: overall, tenure=new.',
    ],
    [
      { slices: ['sex'], ...gate({ metric: 'auc', slice: 'sex', min: 0.5 }) },
      'gates[0].slice: no slice "sex" is defined. A gate watches one value of a column: write "sex=VALUE"; defined: overall, sex=VALUE.',
    ],
  ],
  gatesHaveABound: [
    [
      gate({ metric: 'auc' }),
      'gates[0]: a gate without a bound. Expected at least one of min, max, maxRegression, minImprovement.',
    ],
  ],
  gatesAskForOneChange: [
    [
      gate({ metric: 'auc', maxRegression: 0.01, minImprovement: 0.01 }),
      'gates[0]: both maxRegression and minImprovement. Expected one of them. Keep minImprovement if the candidate has to be better, maxRegression if it may be a little worse.',
    ],
  ],
  gatesSpeakOnceOfAMetric: [
    [
      gate({ metric: 'auc', min: 0.5 }, { metric: 'auc', slice: 'overall', maxRegression: 0.01 }),
      'gates[1]: a gate on "auc@overall" stands already at gates[0]. Merge the two: one gate may hold several bounds.',
    ],
  ],
  leastIsNotAboveGreatest: [
    [gate({ metric: 'auc', min: 0.9, max: 0.8 }), 'gates[0].min: 0.9. Expected at most max, which is 0.8.'],
  ],
  boundsLieInTheMetricsRange: [
    [
      gate({ metric: 'accuracy', min: 90 }),
      'gates[0].min: the number 90. Expected a value of "accuracy", which is from 0 to 1. Write 0.9.',
    ],
    [
      gate({ metric: 'accuracy', maxRegression: 2 }),
      'gates[0].maxRegression: the number 2. Expected less than 1, since "accuracy" is from 0 to 1. Write 0.02 for 2 points, or 2% for a share of the baseline.',
    ],
    [
      gate({ metric: 'logLoss', max: -1 }),
      'gates[0].max: the number -1. Expected a value of "logLoss", which is at least 0.',
    ],
    [
      { task: 'regression', ...gate({ metric: 'r2', min: 1.1 }) },
      'gates[0].min: the number 1.1. Expected a value of "r2", which is at most 1.',
    ],
    [
      gate({ metric: 'brier', max: 1.5 }),
      'gates[0].max: the number 1.5. Expected a value of "brier", which is from 0 to 1.',
    ],
  ],
  latencyHasAMaximumOnly: [
    [
      gate({ metric: 'latencyMs', maxRegression: 5 }),
      'gates[0].maxRegression: maxRegression on latencyMs. Expected max.',
    ],
    [
      { slices: ['sex'], ...gate({ metric: 'latencyMs', slice: 'sex=Male', max: 5 }) },
      'gates[0].slice: latencyMs in the slice "sex=Male". Expected overall.',
    ],
  ],
  environmentsAreNamedOnce: [
    [
      { deploy: { environments: ['staging', 'staging'] } },
      'deploy.environments[1]: the environment "staging" is named already, at [0]. Name it once.',
    ],
  ],
};

/** Models that come near to a breach and are right. */
const HELD: readonly (readonly [what: string, model: Written])[] = [
  ['a gate at the ends of the range', gate({ metric: 'auc', min: 0, max: 1, maxRegression: 0 })],
  ['equal least and greatest', gate({ metric: 'auc', min: 0.5, max: 0.5 })],
  [
    'one metric in two slices',
    { slices: ['sex'], ...gate({ metric: 'auc', min: 0.5 }, { metric: 'auc', slice: 'sex=F', min: 0.5 }) },
  ],
  ['a value that holds an equals sign', { slices: ['url'], ...gate({ metric: 'auc', slice: 'url=a=b', min: 0.5 }) }],
  ['a Brier score of many classes up to 2', multiclass(gate({ metric: 'brier', max: 2 }))],
  ['predictions with an id', { id: 'row', ...trained({ output: 'predictions.parquet' }) }],
  ['shares just below everything', split({ holdout: '70%', validation: '29.99%' })],
  ['a class gate on classes that only the model knows', multiclass(gate({ metric: 'recall[9]', min: 0.5 }))],
  ['slices by the target', { slices: ['churned'] }],
];

describe('the rules', () => {
  it('are all shown to matter', () => {
    expect(Object.keys(BREACHES).toSorted()).toEqual(RULES.map((rule) => rule.name).toSorted());
  });

  for (const [rule, breaches] of Object.entries(BREACHES)) {
    it.each(breaches)(`${rule}: %j`, (model, problem) => {
      expect(problemsWith(model)).toEqual([problem]);
    });
  }

  it.each(HELD)('let %s be', (_, model) => {
    expect(problemsWith({ ...LEAST, ...model })).toEqual([]);
  });

  it('never show what stands after a variable’s name', () => {
    expect(problemsWith(trained({ env: ['TOKEN=hunter2', 'hunter=2=3'] })).join('\n')).not.toMatch(/hunter2|=2|=3/);
  });
});
