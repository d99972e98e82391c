import { writeFileSync } from 'node:fs';

/** A vitest reporter for CI: counts to `CI_COUNTS` as JSON, and a line for each skip with its reason. One without is a failure. */
export default class CountReporter {
  onTestRunEnd(modules, errors) {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests('failed')].length === 0) counts.failed += 1;
      for (const test of module.children.allTests()) this.#count(test, counts);
    }
    writeFileSync(process.env.CI_COUNTS, JSON.stringify(counts));
  }

  #count(test, counts) {
    const { state, note } = test.result();
    counts[state] = (counts[state] ?? 0) + 1;
    if (state !== 'skipped') return;
    if (!note) counts.failed += 1;
    console.log(`skipped: ${test.fullName}: ${note || 'NO REASON GIVEN; use context.skip(reason)'}`);
  }
}
