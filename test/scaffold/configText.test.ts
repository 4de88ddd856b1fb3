import { describe, expect, it } from 'vitest';
import { sectionRange, withModel } from '../../src/scaffold/configText.ts';

const SECTION = ['adults:', '  # why', '  target: income'];

const STANDING = `# our models
version: 1
models:
    churn:   # the first
        target:   churned
        gates:
        - {metric: auc,   max: 1}   # odd spacing
        # - { metric: accuracy, min: 1 }

# the end
`;

describe('a configuration that gets one more model', () => {
  it('keeps every character that stood there', () => {
    const text = withModel(STANDING, SECTION) ?? '';
    expect(text).toBe(
      STANDING.replace('\n\n# the end', '\n\n    adults:\n      # why\n      target: income\n\n# the end'),
    );
  });

  it('keeps the line ends of Windows', () => {
    const text = withModel(STANDING.replaceAll('\n', '\r\n'), SECTION) ?? '';
    expect(text).toContain('    adults:\r\n      # why\r\n');
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('needs no line end after the last value', () => {
    const text = withModel('version: 1\nmodels:\n  churn:\n    target: x', SECTION);
    expect(text).toBe('version: 1\nmodels:\n  churn:\n    target: x\n\n  adults:\n    # why\n    target: income\n');
  });

  it('stands before what follows the models', () => {
    const text = withModel('models:\n  churn:\n    note: |\n      a\n\n      b\nversion: 1\n', SECTION);
    expect(text).toBe(
      'models:\n  churn:\n    note: |\n      a\n\n      b\n\n  adults:\n    # why\n    target: income\nversion: 1\n',
    );
  });

  it('is not touched where its models are written in braces', () => {
    expect(withModel('version: 1\nmodels: { churn: { target: x } }\n', SECTION)).toBeUndefined();
  });

  it('tells where each model stands', () => {
    const text = withModel(STANDING, SECTION) ?? '';
    const churn = sectionRange(text, 'churn');
    const adults = sectionRange(text, 'adults');
    expect(churn && text.slice(...churn)).toMatch(/^churn: {3}# the first[^]*min: 1 }\n\n\s*$/);
    expect(adults && text.slice(...adults)).toBe('adults:\n      # why\n      target: income\n');
    expect(sectionRange(text, 'other')).toBeUndefined();
  });
});
