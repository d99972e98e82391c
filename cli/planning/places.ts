import type { DocumentPath, Place, Refusal, Repair } from '../../model/refusal.ts';

/** How to find places in the files at hand. */
export type Locators = Partial<Record<DocumentPath['document'], (path: DocumentPath['path']) => Place>>;

/** The place of something that a path points to, where its file is at hand. */
function placed<Item extends { readonly at?: DocumentPath | undefined; readonly place?: Place | undefined }>(
  item: Item,
  locators: Locators,
): Item {
  const locate = item.at && locators[item.at.document];
  return item.place || !item.at || !locate ? item : { ...item, place: locate(item.at.path) };
}

function placedRepair(repair: Repair, locators: Locators): Repair {
  return repair.changes ? { ...repair, changes: repair.changes.map((change) => placed(change, locators)) } : repair;
}

/** Refusals with the place in the file for every fact and change whose file is at hand; places that are known already stay. */
export function withPlaces(refusals: readonly Refusal[], locators: Locators): readonly Refusal[] {
  return refusals.map((refusal) => ({
    ...refusal,
    facts: refusal.facts.map((fact) => placed(fact, locators)),
    repairs: refusal.repairs.map((repair) => placedRepair(repair, locators)),
  }));
}
