import { maxNameLengths } from "../../lib/settings/names.ts";
import { fixedNamePattern, readGrant, regionalArns, writeGrant } from "./deployer-grant.ts";
import { merged } from "./exclusive-inputs.ts";
import { forceNew, nameInputs } from "./force-new.ts";
import type { ServiceRows } from "./row.ts";

export const eventRuleArns = regionalArns("events", `rule/${fixedNamePattern}`);

export const events: ServiceRows = {
    "aws:cloudwatch/eventRule:EventRule": {
        name: { maxLength: maxNameLengths.eventRule },
        summary: ["{scheduleExpression}"],
        fakeOutputs: { arn: (request) => request.arn("events", `rule/${request.physicalName}`) },
        providerDefaults: { eventBusName: "default", forceDestroy: false },
        forceNew: forceNew("events/rule", [...nameInputs, "eventBusName"]),
        exclusive: [merged("events", "PutRule", "name")],
        recovery: { importId: "{name}" },
        children: "listed",
        grants: [
            writeGrant("events: DeleteRule DisableRule EnableRule PutRule TagResource UntagResource", eventRuleArns),
            readGrant("events: DescribeRule ListTagsForResource", eventRuleArns),
        ],
    },
    "aws:cloudwatch/eventTarget:EventTarget": {
        providerDefaults: { eventBusName: "default", forceDestroy: false },
        forceNew: forceNew("events/target", ["eventBusName", "rule", "targetId"]),
        exclusive: [merged("events", "PutTargets", "rule targetId")],
        recovery: "lookup",
        children: { none: "it says who gets a rule's events, and nothing else" },
        grants: [
            writeGrant("events: PutTargets RemoveTargets", eventRuleArns),
            readGrant("events: ListTargetsByRule", eventRuleArns),
        ],
    },
};
