// The import direction of src/README.md, checked: concepts know neither adapters nor commands; commands join concepts
// through ports; adapters serve the ports; only the entry points, and the workbench that they share, see everything.
const concepts =
  '^src/(identity|config|dataset|statistics|evaluation|registry|training|proposal|scaffold|report|diagnosis|wording|pullRequest|conversation)/';
const sdks = '^(@duckdb/|onnxruntime|execa|tinyglobby|@octokit/|@actions/|bottleneck|yauzl|probot|prom-client)';
const effects = '^(node:)?(fs|fs/promises|child_process|net|http|https|tls|dgram|os|worker_threads)$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'concepts-stay-pure',
      comment: 'A concept holds types, decisions, parsers and ports; effects live in adapters.',
      severity: 'error',
      from: { path: concepts },
      to: { path: '^src/(adapters|commands|workbench|cli)/|^(actions|app)/' },
    },
    {
      name: 'statistics-is-maths',
      comment: 'Statistics are plain functions of numbers and know no other room.',
      severity: 'error',
      from: { path: '^src/statistics/' },
      to: { path: '^src/(?!statistics/)' },
    },
    {
      name: 'wording-knows-no-room',
      comment: 'How numbers and names are written depends on nothing that they are of.',
      severity: 'error',
      from: { path: '^src/wording/' },
      to: { path: '^src/(?!wording/)' },
    },
    {
      name: 'commands-know-no-adapter',
      comment: 'A command gets its ports handed in.',
      severity: 'error',
      from: { path: '^src/commands/' },
      to: { path: '^src/(adapters|workbench|cli)/|^(actions|app)/' },
    },
    {
      name: 'adapters-know-no-command',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/(commands|workbench|cli)/|^(actions|app)/' },
    },
    {
      name: 'workbench-knows-no-entry',
      comment: 'It joins commands and adapters for whatever entry point there is.',
      severity: 'error',
      from: { path: '^src/workbench/' },
      to: { path: '^src/cli/|^(actions|app)/' },
    },
    {
      name: 'entries-know-no-other-entry',
      severity: 'error',
      from: { path: '^(actions|app)/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'sources-know-no-entry-beside-them',
      comment: 'Actions and the App are entry points: nothing imports them, nor do they each other.',
      severity: 'error',
      from: { path: '^(src|actions|app)/' },
      to: { path: '^(actions|app)/', pathNot: '^$1/' },
    },
    {
      name: 'effects-in-adapters',
      comment: 'Only adapters (and the entry points that build them) touch files, processes, sockets and SDKs.',
      severity: 'error',
      from: { path: '^src/(?!adapters/|workbench/|cli/)' },
      to: { path: [effects, sdks] },
    },
    {
      name: 'product-knows-no-test',
      severity: 'error',
      from: { path: '^(src|actions|app)/' },
      to: { path: '^(test|bench|examples)/' },
    },
    { name: 'not-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
