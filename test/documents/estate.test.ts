import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cyclesIn } from '../../documents/cycles.ts';
import { loadEstate } from '../../documents/estate.ts';
import { renderProblems } from '../../documents/problem.ts';
import { estateHead, smallEstate, storesCsv } from './estate-text.ts';
import { memoryFiles } from './memory-files.ts';

async function load(estate: string, sites: string = storesCsv): ReturnType<typeof loadEstate> {
  return await loadEstate('estate.yaml', memoryFiles({ 'estate.yaml': estate, 'sites/stores.csv': sites }));
}

async function lines(estate: string, sites?: string): Promise<readonly string[]> {
  const loaded = await load(estate, sites);
  return loaded.ok ? ['accepted'] : renderProblems(loaded.problems);
}

describe('an estate that holds together', () => {
  it('comes with its sites, the digest of every file and places by path', async () => {
    const loaded = await load(smallEstate);
    if (!loaded.ok) throw new Error(renderProblems(loaded.problems).join('\n'));
    expect(loaded.estate.sites['store-tills']).toEqual([
      { site: 'store-1', weight: 1 },
      { site: 'store-2', weight: 2.5 },
    ]);
    expect(loaded.files.map(({ path }) => path)).toEqual(['estate.yaml', 'sites/stores.csv']);
    expect(loaded.files[1]?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(loaded.locate(['systems', 1, 'reaches', 0])).toEqual({ file: 'estate.yaml', line: 19, column: 15 });
    expect(loaded.notes).toEqual([]);
  });

  it('names systems that need each other, and takes them', async () => {
    const cyclic = smallEstate.replace('    uses: [', '    needs: vdi\n    uses: [');
    const loaded = await load(cyclic);
    expect(loaded.ok && loaded.notes).toEqual([
      'directory, vdi need each other: contained and given back as one group',
    ]);
  });
});

describe('names', () => {
  it('reports every name that dangles, with the one that was meant', async () => {
    const dangling = smallEstate
      .replace('reaches: [vdi]', 'reaches: [vdi, vdj]')
      .replace('uses: [aws.iam.user:retail/directory-sync]', 'uses: [aws.iam.user:retail/directory-sink]')
      .replace('opens: [directory]', 'opens: [diretcory]')
      .replace('all: [directory]', 'all: [directory, { atLeast: 2, of: [nowhere] }]')
      .replace('account: retail, tag: { system: vdi', 'account: retial, tag: { system: vdi')
      .replace('all: [till-gateway]', 'all: [till-gatewya]')
      .concat('neverTouch: [system:temporal, aws.iam.role:retial/responder]\n')
      .concat('authority: { release: { ir-laed: 1 } }\nleastQuorum: { down: { board: 1 } }\n');
    expect(await lines(dangling)).toMatchInlineSnapshot(`
      [
        "estate.yaml:10:55  principals.aws.iam.user:retail/directory-sync.opens.0: found "diretcory", no such system; did you mean "directory"?",
        "estate.yaml:14:42  systems.vdi.needs.all.1.atLeast: found at least 2 of 1, expected at most 1",
        "estate.yaml:14:50  systems.vdi.needs.all.1.of.0: found "nowhere", no such system",
        "estate.yaml:15:38  systems.vdi.controls.0.aws.ec2.account: found "retial", no such account; did you mean "retail"?",
        "estate.yaml:18:12  systems.directory.uses.0: found "aws.iam.user:retail/directory-sink", no such principal; did you mean "aws.iam.user:retail/directory-sync"?",
        "estate.yaml:19:20  systems.directory.reaches.1: found "vdj", no such system; did you mean "vdi"?",
        "estate.yaml:30:39  services.store-tills.modes.normal.needs.all.0: found "till-gatewya", no such system; did you mean "till-gateway"?",
        "estate.yaml:34:14  neverTouch.0: found "temporal", no such system",
        "estate.yaml:34:31  neverTouch.1: found "retial", no such account; did you mean "retail"?",
        "estate.yaml:35:25  authority.release.ir-laed: found "ir-laed", a role nobody has; did you mean "ir-lead"?",
        "estate.yaml:36:24  leastQuorum.down.board: found "board", a role nobody has",
        "11 problems.",
      ]
    `);
  });

  it('reports names that stand twice', async () => {
    const twice = smallEstate
      .replace('  - name: till-gateway\n', '  - name: vdi\n')
      .replace('till-gateway]', 'vdi]')
      .replace('bo@example.org', 'ada@example.org')
      .replace('  - name: call-centre\n', '  - name: store-tills\n')
      .replace('principals:\n', 'principals:\n  - { id: aws.iam.user:retail/directory-sync }\n');
    expect(await lines(twice)).toMatchInlineSnapshot(`
      [
        "estate.yaml:8:11   people.1.id: found "ada@example.org" again, expected each name once",
        "estate.yaml:11:11  principals.1.id: found "aws.iam.user:retail/directory-sync" again, expected each name once",
        "estate.yaml:22:11  systems.2.name: found "vdi" again, expected each name once",
        "estate.yaml:32:11  services.1.name: found "store-tills" again, expected each name once",
        "4 problems.",
      ]
    `);
  });
});

describe('floors and modes', () => {
  it.each([
    [
      'a protected service without a floor',
      '    floor: [{ share: 0.95, mode: normal }]\n',
      '',
      'services.store-tills.protected: found a protected service without a floor',
    ],
    [
      'a floor no mode can hold',
      'normal: { needs: { all: [till-gateway] } }',
      'degraded: {}',
      'services.store-tills.floor.0.mode: found a floor in normal, which no site can hold, expected a mode the service has: degraded',
    ],
    ['no mode', 'normal: { needs: { all: [till-gateway] } }', '', 'services.store-tills.modes: found no mode'],
    [
      'a TCP probe without hosts',
      '{ all: [till-gateway] } }',
      '{ all: [till-gateway] }, probe: { tcp: { port: 443 } } }',
      'services.store-tills.modes.normal.probe.tcp: found a TCP probe, and no column "host" in sites/stores.csv',
    ],
  ])('refuses %s', async (...[, from, to, expected]) => {
    expect((await lines(smallEstate.replace(from, to)))[0]).toContain(expected);
  });

  it('takes a floor that a better mode holds', async () => {
    expect(await lines(smallEstate.replace('mode: normal }', 'mode: manual }'))).toEqual(['accepted']);
  });
});

describe('the schema', () => {
  it('reports unknown keys, wrong kinds and wrong alternatives together', async () => {
    const wrong = `${estateHead}dryrun: true
peple: []
systems:
  - { name: A, zone: z, needs: { al: [x] }, controls: [] }
  - { name: b, zone: z, needs: 12, controls: [{ aws.ec2: { account: retail, tag: {} } }], uses: [foo] }
services:
  - { name: s, sites: { from: x.csv }, floor: [{ share: 1.5, mode: degradd }], modes: { nrmal: {} } }
authority: { strat: { ir-lead: 1 }, start: { IR: 1 } }
neverTouch: [foo]
`;
    expect(await lines(wrong)).toMatchInlineSnapshot(`
      [
        "estate.yaml:6:1    dryrun: found the unknown key "dryrun", expected one of apiVersion, kind, name, accounts, people, authority, leastQuorum, principals, systems, services, neverTouch",
        "estate.yaml:7:1    peple: found the unknown key "peple", expected one of apiVersion, kind, name, accounts, people, authority, leastQuorum, principals, systems, services, neverTouch; did you mean "people"?",
        "estate.yaml:9:13   systems.0.name: found "A", expected a name of 1 to 63 of a-z, 0-9 and "-", starting with a letter or digit",
        "estate.yaml:9:32   systems.0.needs.all: found nothing, expected a list",
        "estate.yaml:9:34   systems.0.needs.al: found the unknown key "al", expected one of on, after, then, all, atLeast, of; did you mean "all"?",
        "estate.yaml:9:55   systems.0.controls: found an empty list, expected at least 1 item",
        "estate.yaml:10:32  systems.1.needs: found the number 12, expected text, or a mapping",
        "estate.yaml:10:82  systems.1.controls.0.aws.ec2.tag: found a mapping, expected exactly one tag, such as { system: till-gateway }",
        "estate.yaml:10:98  systems.1.uses.0: found "foo", expected aws.iam.user:<account>/<name> or aws.iam.role:<account>/<name>",
        "estate.yaml:12:57  services.0.floor.0.share: found the number 1.5, expected at most 1",
        "estate.yaml:12:68  services.0.floor.0.mode: found "degradd", expected one of "normal", "degraded", "manual"; did you mean "degraded"?",
        "estate.yaml:12:89  services.0.modes.nrmal: found the unknown key "nrmal", expected one of normal, degraded, manual; did you mean "normal"?",
        "estate.yaml:13:14  authority.strat: found the unknown key "strat", expected one of start, break-glass, approve, deny, hold, resume, skip, extend, abort, release, attest, review; did you mean "start"?",
        "estate.yaml:13:46  authority.start.IR: found the key "IR", expected a name of 1 to 63 of a-z, 0-9 and "-", starting with a letter or digit",
        "estate.yaml:14:14  neverTouch.0: found "foo", expected aws.iam.user:<account>/<name> or aws.iam.role:<account>/<name>, or system:<name> or a principal",
        "15 problems.",
      ]
    `);
  });
});

describe('clocks', () => {
  it('takes needs with a delay, modes with a limit, and refuses those that are no time at all', async () => {
    const needs = 'normal: { needs: { all: [till-gateway, { on: vdi, after: P2D, then: shelves empty }] } }';
    const timed = smallEstate.replace(
      'normal: { needs: { all: [till-gateway] } }',
      `${needs}, degraded: { for: PT72H, then: cards run out }`,
    );
    expect((await load(timed, storesCsv)).ok).toBe(true);
    const wrong = timed.replace('on: vdi', 'on: vdj').replace('PT72H', 'PT0H').replace('after: P2D', 'after: P1M');
    expect(await lines(wrong)).toMatchInlineSnapshot(`
      [
        "estate.yaml:30:71   services.0.modes.normal.needs.all.1.after: found "P1M", expected an ISO 8601 duration such as PT10M or P3D (no months or years)",
        "estate.yaml:30:121  services.0.modes.degraded.for: found "PT0H", expected a duration above zero",
        "2 problems.",
      ]
    `);
    expect(await lines(timed.replace('for: PT72H, ', ''))).toMatchInlineSnapshot(`
      [
        "estate.yaml:30:122  services.0.modes.degraded.then: found "cards run out", expected \`for\` beside it: how long until then",
        "1 problem.",
      ]
    `);
  });
});

describe('sites files', () => {
  it.each([
    [
      '',
      'sites/stores.csv:1:1  header: found the column "", expected the columns site, weight, tier, host, normal, degraded, manual',
    ],
    [
      'weight\n1\n',
      'sites/stores.csv:1:1  header: found no column "site", expected a header row such as site,weight,tier',
    ],
    [
      'site,wieght\na,1\n',
      'sites/stores.csv:1:6  header: found the column "wieght", expected the columns site, weight, tier, host, normal, degraded, manual; did you mean "weight"?',
    ],
    ['site,site\na,b\n', 'sites/stores.csv:1:6  header: found the column "site" again, expected each column once'],
    ['site\n', 'sites/stores.csv:2:1  found no sites, expected at least one row below the header'],
    ['site,weight\na,1\nb\n', 'sites/stores.csv:3:1  found 1 fields, expected 2: site,weight'],
    [
      'site\na\n"b"\n',
      'sites/stores.csv:3:1  site: found "\\"b\\"", expected a site name of 1 to 63 of a-z, 0-9 and "-"',
    ],
    [
      'site,weight\na,0\n',
      'sites/stores.csv:2:3  weight: found "0", expected a weight above 0, a plain decimal number',
    ],
    [
      'site,weight\na,1e3\n',
      'sites/stores.csv:2:3  weight: found "1e3", expected a weight above 0, a plain decimal number',
    ],
    [
      'site,host\na,10.0.0.1/24\n',
      'sites/stores.csv:2:3  host: found "10.0.0.1/24", expected a host name or an IPv4 address',
    ],
    ['site\na\nb\na\n', 'sites/stores.csv:4:1  site: found the site "a" again, as in line 2, expected each site once'],
    [
      'site\na\u202e\n',
      'sites/stores.csv:2:2  found the character U+202E, expected no control or direction characters',
    ],
  ])('%j is refused', async (sites, line) => {
    expect((await lines(smallEstate.replace(/ {2}- name: call-centre[^]*$/, ''), sites))[0]).toBe(line);
  });

  it('takes CRLF, hosts and weights', async () => {
    const loaded = await load(smallEstate, 'site,host,weight\r\na,10.0.0.1,0.5\r\nb,b.example,10\r\n');
    expect(loaded.ok && loaded.estate.sites['store-tills']).toEqual([
      { site: 'a', host: '10.0.0.1', weight: 0.5 },
      { site: 'b', host: 'b.example', weight: 10 },
    ]);
  });

  it('takes tiers and the systems that sites need of their own, by mode', async () => {
    const loaded = await load(smallEstate, 'site,tier,normal,degraded\na,lifeline,vdi directory,\nb,,,\n');
    expect(loaded.ok && loaded.estate.sites['store-tills']).toEqual([
      { site: 'a', weight: 1, tier: 'lifeline', needs: { normal: ['vdi', 'directory'] } },
      { site: 'b', weight: 1 },
    ]);
  });

  it('names systems and tiers that dangle between estate and sites', async () => {
    const tiered = smallEstate.replace('{ share: 0.95', '{ tier: lifelin, share: 0.95');
    expect(await lines(tiered, 'site,tier,normal\na,lifeline,vdj\n')).toEqual([
      'estate.yaml:28:20  services.store-tills.sites.from: found "vdj" in sites/stores.csv, no such system; did you mean "vdi"?',
      'estate.yaml:29:21  services.store-tills.floor.0.tier: found "lifelin", a tier of no site in sites/stores.csv; did you mean "lifeline"?',
      'estate.yaml:32:20  services.call-centre.sites.from: found "vdj" in sites/stores.csv, no such system; did you mean "vdi"?',
      '3 problems.',
    ]);
  });

  it('refuses more than a hundred thousand rows', async () => {
    const many = `site\n${Array.from({ length: 100_001 }, (_, index) => `s${index}`).join('\n')}\n`;
    expect((await lines(smallEstate, many))[0]).toContain('found too many rows, expected at most 100000 sites');
  });

  it.each(['/etc/passwd', '../stores.csv', 'a/../../b.csv', '..\\\\b.csv'])(
    'refuses to leave the folder by %s',
    async (from) => {
      const found = await lines(smallEstate.replace('{ from: sites/stores.csv }', `{ from: "${from}" }`));
      expect(found[0]).toMatch(/services\.store-tills\.sites\.from: found ".*", which leads out of the folder/);
    },
  );

  it('says which file is not there', async () => {
    const found = await lines(smallEstate.replace('sites/stores.csv', 'sites/shops.csv'));
    expect(found[0]).toContain('services.store-tills.sites.from: found "sites/shops.csv", no such file');
  });
});

describe('on disk', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'firedoor-estate-'));
    await mkdir(join(folder, 'estate', 'sites'), { recursive: true });
    await writeFile(join(folder, 'estate', 'estate.yaml'), smallEstate);
    await writeFile(join(folder, 'outside.csv'), storesCsv);
  });
  afterAll(async () => await rm(folder, { recursive: true }));

  it('refuses a link that leads out of the folder, and takes the file itself', async () => {
    const sites = join(folder, 'estate', 'sites', 'stores.csv');
    await symlink(join(folder, 'outside.csv'), sites);
    const escaped = await loadEstate(join(folder, 'estate', 'estate.yaml'));
    expect(!escaped.ok && escaped.problems[0]?.found).toBe('"sites/stores.csv", a link that leads out of the folder');
    await rm(sites);
    await writeFile(sites, storesCsv);
    expect((await loadEstate(join(folder, 'estate', 'estate.yaml'))).ok).toBe(true);
  });

  it('reads no folder and no device', async () => {
    for (const path of [folder, '/dev/zero']) {
      const loaded = await loadEstate(path);
      expect(!loaded.ok && loaded.problems[0]?.found).toBe('no regular file');
    }
  });
});

describe('cycles', () => {
  it('finds groups and loops, and is not fooled by long chains', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) => [`n${index}`, [`n${index + 1}`]] as const);
    expect(cyclesIn(new Map(chain))).toEqual([]);
    const graph = { a: ['b'], b: ['c', 'gone'], c: ['a'], d: ['a'], e: ['e'] };
    expect(cyclesIn(new Map(Object.entries(graph)))).toEqual([['a', 'b', 'c'], ['e']]);
  });
});
