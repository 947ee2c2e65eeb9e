import { Secret } from "../../../../plan/plan.ts";
import { shown } from "../../../../plan/query.ts";
import { inputs, where, type Faults } from "../fault.ts";

const queue = "aws:sqs/queue:Queue";
const composite = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const cache = "aws:elasticache/replicationGroup:ReplicationGroup";

export const treeFaults: Faults = {
    "one-platform": {
        "a resource at the top": where(queue, "processing-dlq", (node) => [{ ...node, parent: undefined }]),
        "a second provider": where("pulumi:providers:aws", "", (node) => [node, { ...node, urn: `${node.urn}-2` }]),
    },
    "one-tagged-provider": {
        "a missing tag": inputs("pulumi:providers:aws", "", { defaultTags: { tags: { Project: "payment-platform" } } }),
        "the default provider": where(queue, "", (node) => [{ ...node, provider: undefined }]),
    },
    "no-open-secrets": {
        "a token in clear": inputs(cache, "", { authToken: "clear" }),
        "a token in another's text": (plan) => {
            const { inputs: own } = plan.nodes.find(({ type }) => type === cache) ?? {};
            const token = own?.authToken instanceof Secret ? shown(own.authToken.value) : "none";
            return inputs(queue, "", { description: `use ${token} here` })(plan);
        },
    },
    "parts-tell-outputs": {
        "no outputs": where("payment:index:Edge", "", (node) => [{ ...node, outputs: {} }]),
    },
    "names-unique": {
        "no suffix in Pulumi": where(queue, "processing-dlq", (node) => [{ ...node, name: "payment-processing-dlq" }]),
        "no suffix in AWS": inputs(queue, "processing-dlq", { name: "payment-processing-dlq" }),
        "a log group of another API": inputs(logGroup, "gateway-execution", {
            name: "API-Gateway-Execution-Logs_zzzzzzzzzz/v1",
        }),
        "one name for two": inputs(queue, "processing-dlq", { name: "payment-processing-prod" }),
        "one name for two alarms": inputs(composite, "fast", { alarmName: "payment-budget-burns-fast-5m-prod" }),
    },
    "names-fit": {
        "a long name": inputs(cache, "", { replicationGroupId: "c".repeat(41) }),
        "an unknown limit": where(queue, "", (node) => [{ ...node, type: "aws:mq/broker:Broker" }]),
    },
};
