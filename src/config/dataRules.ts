import { quote } from './complaint.ts';
import type { Rule } from './rule.ts';

export const holdoutComesFromOnePlace: Rule = ({ path, model, written }, complain) => {
  const { data } = model;
  if (written.data.split !== undefined && data.holdout.length > 0) {
    complain({
      path: [...path, 'data', 'holdout'],
      atKey: true,
      found: 'data.split puts a holdout aside already',
      expected: 'a holdout from one place',
      remedy: 'Keep either holdout or split',
      leansOn: [[...path, 'data', 'split']],
    });
  }
  if (written.data.split === undefined && data.holdout.length === 0) {
    complain({
      path: [...path, 'data', 'holdout'],
      found: 'no rows are put aside to judge the model',
      remedy:
        data.train.length > 0
          ? 'Name files in data.holdout, or add "split: {holdout: 20%}"'
          : 'Name the files that judge it in data.holdout, or all files in data.train and add "split: {holdout: 20%}"',
      leansOn: [[...path, 'data', 'split']],
    });
  }
};

export const validationComesFromOnePlace: Rule = ({ path, model, written }, complain) => {
  if (written.data.split?.validation === undefined || model.data.validation.length === 0) return;
  complain({
    path: [...path, 'data', 'validation'],
    atKey: true,
    found: 'data.split puts validation rows aside already',
    expected: 'validation rows from one place',
    remedy: 'Keep either data.validation or data.split.validation',
    leansOn: [[...path, 'data', 'split']],
  });
};

export const splitHasRowsToPutAside: Rule = ({ path, model, written }, complain) => {
  if (written.data.split === undefined || model.data.train.length > 0) return;
  complain({
    path: [...path, 'data', 'train'],
    found: 'data.split puts rows of data.train aside, and data.train is missing',
    remedy: 'Name the files of all rows in data.train',
  });
};

export const splitNamesItsColumn: Rule = ({ path, model, written }, complain) => {
  const by = written.data.split?.by;
  if (by === undefined || by === 'row' || model[by] !== undefined) return;
  complain({
    path: [...path, 'data', 'split', 'by'],
    found: `rows are split by ${by}, and the model names no such column`,
    remedy: `Add ${quote(`${by}: COLUMN`)} to the model`,
    leansOn: [[...path, by]],
  });
};

export const sharesLeaveRowsToTrainOn: Rule = ({ path, model }, complain) => {
  const { split } = model.data;
  // A tenth of a bucket of the hash: 0.7 + 0.3 may miss 1 by a rounding.
  if (split === undefined || split.by === 'time' || split.holdout + split.validation < 1 - 1e-5) return;
  complain({
    path: [...path, 'data', 'split'],
    found: 'holdout and validation leave no rows to train on',
    expected: 'shares that sum to less than 100%',
    leansOn: [[...path, 'data', 'split']],
  });
};

export const validationLiesBeforeTheHoldout: Rule = ({ path, model }, complain) => {
  const { split } = model.data;
  if (split?.by !== 'time' || split.validationFrom === undefined || split.validationFrom < split.holdoutFrom) return;
  complain({
    path: [...path, 'data', 'split', 'validation'],
    found: 'validation starts when the holdout has begun',
    expected: 'an instant before data.split.holdout',
  });
};

export const trainingHasData: Rule = ({ path, model }, complain) => {
  // With a split, `splitHasRowsToPutAside` says it.
  if (model.train === undefined || model.data.train.length > 0 || model.data.split !== undefined) return;
  complain({
    path: [...path, 'data', 'train'],
    found: 'the model is trained, and data.train names no rows to train on',
    remedy: 'Name the files in data.train',
    leansOn: [[...path, 'data', 'split']],
  });
};
