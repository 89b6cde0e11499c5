// A check of a resource, with a parameter.

import { OBJECT, STRING, failed, get, notApplicable, passed, required } from "./facts.js";

export const info = {
  id: "house-instance-tags",
  title: "Tag instances",
  description: `\
Looks at the tags of EC2 instances. Whoever finds a sick or broken-into machine at night needs
to know whose it is. Instances that are shutting down do not count.`,
  severity: "low",
  category: "security",
  scope: "resource",
  reads: ["AWS::EC2::Instance"],
  parameters: [
    {
      name: "tags",
      description:
        "The keys of the tags that every instance must have, with a value that is not empty.",
      default: JSON.stringify(["owner"]),
      schema: JSON.stringify({
        type: "array",
        items: { type: "string" },
        minItems: 1,
        uniqueItems: true,
      }),
    },
  ],
  controls: [],
  remediation:
    "Set the tag: `aws ec2 create-tags --resources ID --tags Key=owner,Value=TEAM`.",
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html"],
};

export function judge(parameters, instance) {
  const state = required(instance, "observed.State", STRING);
  if (state === "shutting-down" || state === "terminated") {
    return notApplicable(`the instance is ${state}`);
  }
  const tags = get(instance, "tags", OBJECT);
  const isSet = (key) => Object.hasOwn(tags ?? {}, key) && tags[key] !== "";
  const missing = parameters.tags.filter((key) => !isSet(key));
  const outcome =
    missing.length === 0
      ? passed("the instance has every tag that it must have")
      : failed(`the instance has no tag \`${missing.join("`, `")}\``);
  return tags === null ? outcome : outcome.evidence("/tags", tags);
}
