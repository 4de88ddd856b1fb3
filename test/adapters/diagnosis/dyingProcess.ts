// A process that ends as soon as it is asked: see storeTrials.test.ts.
process.on('message', () => process.exit(1));
process.send?.('ready');
