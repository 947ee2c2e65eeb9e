import { Secret } from "../../../../plan/plan.ts";
import { toText } from "../../../../plan/query.ts";
import { changeInputs, changeResources, type FaultsByRule } from "../fault.ts";

const queue = "aws:sqs/queue:Queue";
const composite = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const cache = "aws:elasticache/replicationGroup:ReplicationGroup";

export const treeFaults: FaultsByRule = {
    "one-platform": {
        "a resource at the top": changeResources(queue, "processing-dlq", (node) => [{ ...node, parent: undefined }]),
        "a second provider": changeResources("pulumi:providers:aws", "", (node) => [
            node,
            { ...node, urn: `${node.urn}-2` },
        ]),
    },
    "one-tagged-provider": {
        "a missing tag": changeInputs("pulumi:providers:aws", "", {
            defaultTags: { tags: { Project: "payment-platform" } },
        }),
        "the default provider": changeResources(queue, "", (node) => [{ ...node, provider: undefined }]),
    },
    "no-open-secrets": {
        "a token in clear": changeInputs(cache, "", { authToken: "clear" }),
        "a token in another's text": (plan) => {
            const { inputs: own } = plan.nodes.find(({ type }) => type === cache) ?? {};
            const token = own?.authToken instanceof Secret ? toText(own.authToken.value) : "none";
            return changeInputs(queue, "", { description: `use ${token} here` })(plan);
        },
    },
    "components-register-outputs": {
        "no outputs": changeResources("payment:index:Edge", "", (node) => [{ ...node, outputs: {} }]),
    },
    "names-unique": {
        "no suffix in Pulumi": changeResources(queue, "processing-dlq", (node) => [
            { ...node, name: "payment-processing-dlq" },
        ]),
        "no suffix in AWS": changeInputs(queue, "processing-dlq", { name: "payment-processing-dlq" }),
        "a log group of another API": changeInputs(logGroup, "gateway-execution", {
            name: "API-Gateway-Execution-Logs_zzzzzzzzzz/v1",
        }),
        "one name for two": changeInputs(queue, "processing-dlq", { name: "payment-processing-prod" }),
        "one name for two alarms": changeInputs(composite, "fast", { alarmName: "payment-budget-burns-fast-5m-prod" }),
    },
    "names-fit": {
        "a long name": changeInputs(cache, "", { replicationGroupId: "c".repeat(41) }),
        "an unknown limit": changeResources(queue, "", (node) => [{ ...node, type: "aws:mq/broker:Broker" }]),
    },
};
