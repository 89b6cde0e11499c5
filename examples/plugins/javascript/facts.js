// What the checks of this plugin share: documents, what is unknown of them, and lists.
//
// Missing data must never become a pass. Everything here that meets a gap throws `Unknown`, and
// `house-rules.js` makes a verdict of it.

import organization from "blastwall:plugin/organization@0.1.0";

/** Something that the verdict needs could not be seen. */
export class Unknown extends Error {
  static at(path, reason) {
    return new Unknown(`${path} is unknown: ${reason}`);
  }
}

/** A verdict, why, and the places of the document that it rests on. */
export class Outcome {
  constructor(verdict, message) {
    this.verdict = verdict;
    this.message = message;
    this.places = [];
  }

  /** Adds a place: a JSON pointer into the document and what stands there. */
  evidence(pointer, value) {
    this.places.push({ pointer, value: JSON.stringify(value) });
    return this;
  }

  /** Adds a statement of a policy, which may have a single one without a list. */
  statement(pointer, policy, index) {
    return Array.isArray(policy.Statement)
      ? this.evidence(`${pointer}/Statement/${index}`, policy.Statement[index])
      : this.evidence(`${pointer}/Statement`, policy.Statement);
  }
}

export const passed = (message) => new Outcome("pass", message);
export const failed = (message) => new Outcome("fail", message);
export const notApplicable = (message) => new Outcome("not-applicable", message);

/** The kinds of values that a property can have. */
export const ANYTHING = { name: "anything", is: () => true };
export const OBJECT = {
  name: "an object",
  is: (value) => typeof value === "object" && !Array.isArray(value),
};
export const STRING = { name: "a string", is: (value) => typeof value === "string" };

/**
 * A property of a document, `tags`, `config.X` or `observed.X`; null if it has none.
 *
 * It is unknown if it is listed in `unknown`, or the part that it is in, or something below it:
 * half a value is not a value.
 */
export function get(document, path, kind) {
  const [part, name] = path.split(".");
  for (const [at, reason] of Object.entries(document.unknown ?? {})) {
    if (at === part || at === path) throw Unknown.at(path, reason);
    if (at.startsWith(`${path}.`)) throw Unknown.at(at, reason);
  }
  const whole = document[part] ?? null;
  const value = (name && OBJECT.is(whole) ? whole?.[name] : whole) ?? null;
  if (value !== null && !kind.is(value)) {
    throw new Unknown(
      `the document does not have the shape of ${document.type}: ${path} is not ${kind.name}`,
    );
  }
  return value;
}

/** A property that every resource of the type has. */
export function required(document, path, kind) {
  const value = get(document, path, kind);
  if (value === null) {
    throw Unknown.at(path, "a property that the check needs is missing");
  }
  return value;
}

/** The documents of a type, some hundred at a time. `source` is `resources` or `organization`. */
export function* pages(source, resourceType) {
  const cursor = source.open(resourceType);
  for (let page = cursor.next(); page != null; page = cursor.next()) {
    yield JSON.parse(page);
  }
}

/** All that can be seen of a type across the organization, which may not be all. */
export function* acrossOrganization(resourceType) {
  for (const page of pages(organization, resourceType)) yield* page;
}

/** Throws if resources of a type may be missing across the organization. */
export function complete(resourceType) {
  const reasons = organization.gaps(resourceType);
  if (reasons.length > 0) {
    const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : "";
    throw Unknown.at(`the list of ${resourceType}`, reasons[0] + more);
  }
}

/** The id in the ARN of an organization or of one of its accounts. */
export const lastPart = (arn) => arn.split("/").at(-1);
