import type { ModelConfig } from '../config/config.ts';
import type { HostEnvironment } from '../training/commandEnvironment.ts';
import { notApplicable, ok, problem, warning, type Check } from './check.ts';

/** The Python that a model's training command means, as it answers. */
export type PythonFacts =
  | { readonly kind: 'not-python'; readonly program: string; readonly found: boolean }
  | { readonly kind: 'missing'; readonly program: string }
  | {
      readonly kind: 'found';
      readonly program: string;
      readonly version: string;
      /** What of `venv` and `ensurepip` it cannot import; looked at only where an environment is to be made. */
      readonly lacks: readonly string[];
      readonly requirements?: RequirementsFacts;
    };

export interface RequirementsFacts {
  readonly file: string;
  /** The file and all that it includes. */
  readonly text: string;
  readonly environment:
    | { readonly kind: 'to-be-made' }
    | { readonly kind: 'broken'; readonly folder: string }
    | { readonly kind: 'made'; readonly folder: string; readonly packages: readonly string[] };
}

export function checkPython(model: ModelConfig, facts: PythonFacts | undefined): readonly Check[] {
  const id = `${model.name}.python`;
  if (facts === undefined) return [notApplicable(id, 'the model is not trained here')];
  switch (facts.kind) {
    case 'not-python':
      return facts.found
        ? [ok(id, `training runs ${facts.program}`)]
        : [missingProgram(id, facts.program, 'Install it, or correct train.command')];
    case 'missing':
      return [
        missingProgram(
          id,
          facts.program,
          'Install Python from https://www.python.org/downloads or by your package manager',
        ),
      ];
    case 'found':
      return [checkInterpreter(id, facts), ...checkRequirements(model, facts)];
  }
}

function missingProgram(id: string, program: string, remedy: string): Check {
  return problem(id, `there is no ${program} on PATH`, { expected: 'the program of train.command', remedy });
}

function checkInterpreter(id: string, { program, version, lacks }: Extract<PythonFacts, { kind: 'found' }>): Check {
  if (lacks.length === 0) return ok(id, `${program} is Python ${version}`);
  const [major, minor] = version.split('.');
  return problem(id, `${program} is Python ${version} without ${lacks.join(' and ')}`, {
    expected: 'a Python that makes virtual environments',
    remedy: `Install them (on Debian and Ubuntu: apt install python${major}.${minor}-venv), or use train.setup.command`,
  });
}

function checkRequirements(
  model: ModelConfig,
  { requirements }: Extract<PythonFacts, { kind: 'found' }>,
): readonly Check[] {
  const id = `${model.name}.requirements`;
  if (requirements === undefined) return [];
  const { file, text, environment } = requirements;
  const checks: Check[] = [];
  const loose = unpinned(text);
  if (loose.length > 0) {
    const more = loose.length > 3 ? ` and ${loose.length - 3} more` : '';
    checks.push(
      warning(id, `${file} leaves the version open of ${loose.slice(0, 3).join(', ')}${more}`, {
        expected: 'NAME==VERSION in every line, so that the same file trains the same model next year',
        remedy: `Pin them: pip freeze, or pip-compile, writes the versions`,
      }),
    );
  }
  checks.push(checkEnvironment(id, file, text, environment));
  return checks;
}

function checkEnvironment(
  id: string,
  file: string,
  text: string,
  environment: RequirementsFacts['environment'],
): Check {
  switch (environment.kind) {
    case 'to-be-made':
      return ok(id, `the environment of ${file} will be made by the first run`);
    case 'broken':
      return problem(id, `the environment of ${file} does not answer (${environment.folder})`, {
        remedy: `Remove that folder; the next run makes it again`,
      });
    case 'made': {
      const missing = requirementNames(text).filter((name) => !environment.packages.includes(name));
      if (missing.length === 0) return ok(id, `the environment of ${file} is made (${environment.folder})`);
      return warning(id, `the environment of ${file} lacks ${missing.slice(0, 5).join(', ')}`, {
        expected: 'all that the file names, but for what is meant for other platforms',
        remedy: `Remove ${environment.folder}; the next run makes it again`,
      });
    }
  }
}

/** The lines that name a package, without comments, options and markers: `scikit-learn==1.9`. */
function requirementLines(text: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\\\r?\n/g, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s+)#.*$/, '').trim())
    .filter((line) => /^[a-z0-9]/i.test(line));
}

/** Packages without an exact version, which a URL or a hash would be as well. */
export function unpinned(text: string): readonly string[] {
  return requirementLines(text)
    .filter((line) => !isExact(line.split(/\s*;/)[0] ?? '') && !/@|--hash=|:\/\//.test(line))
    .map((line) => /^[a-z0-9][\w.-]*/i.exec(line)?.[0] ?? line);
}

/** PEP 440: `==` and `===` with a version in full; `==1.*` is a range. */
function isExact(requirement: string): boolean {
  return /(?:^|[^=!<>~])={2,3}[^=*]+(?:$|[\s,])/.test(requirement);
}

/** Names as the package index writes them (PEP 503), of those that are wanted on every platform. */
function requirementNames(text: string): readonly string[] {
  return requirementLines(text)
    .filter((line) => !line.includes(';'))
    .flatMap((line) => {
      const name = /^[a-z0-9][\w.-]*/i.exec(line)?.[0];
      return name === undefined || line.includes('://') ? [] : [name.replaceAll(/[-_.]+/g, '-').toLowerCase()];
    });
}

/** The variables that training asks for and that this shell does not have. */
export function checkEnvironmentVariables(model: ModelConfig, host: HostEnvironment): readonly Check[] {
  const named = model.train?.env ?? [];
  if (named.length === 0) return [];
  const id = `${model.name}.train.env`;
  const missing = named.filter((name) => host[name] === undefined);
  if (missing.length === 0) return [ok(id, `${named.join(', ')}: set`)];
  return missing.map((name) =>
    problem(id, `the environment variable ${name} is not set`, {
      remedy: `Set it (export ${name}=...), or take it out of train.env`,
    }),
  );
}
