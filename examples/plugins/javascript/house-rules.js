// The house rules of an invented company: the world `plugin` of `wit/`, in JavaScript.

import findings from "blastwall:plugin/findings@0.1.0";
import resources from "blastwall:plugin/resources@0.1.0";

import { Outcome, Unknown, pages } from "./facts.js";
import * as instanceTags from "./instance-tags.js";
import * as roleEverywhere from "./role-everywhere.js";
import * as roleTrust from "./role-trust.js";

const CHECKS = new Map(
  [instanceTags, roleEverywhere, roleTrust].map((check) => [check.info.id, check]),
);

export function describe() {
  return {
    name: "house-rules",
    version: "0.1.0",
    checks: [...CHECKS.values()].map((check) => check.info),
  };
}

export function evaluate(evaluation) {
  for (const { id, parameters } of evaluation.checks) {
    const check = CHECKS.get(id);
    if (!check) throw `there is no check \`${id}\``;
    const values = JSON.parse(parameters);
    if (check.info.scope === "organization") {
      findings.report([finding(id, null, judged(check, values))]);
      continue;
    }
    // A page at a time, so that no account is too large.
    for (const page of pages(resources, check.info.reads[0])) {
      findings.report(
        page.map((document) => finding(id, document.arn, judged(check, values, document))),
      );
    }
  }
}

/**
 * A check that meets something unknown ends with this verdict; all else that it throws is a
 * mistake, and ends the evaluation.
 */
function judged(check, parameters, document) {
  try {
    return check.judge(parameters, document);
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    return new Outcome("unknown", error.message);
  }
}

function finding(check, resource, { verdict, message, places }) {
  return { check, resource, verdict, message, evidence: places };
}
