import { Secret } from "../../../../plan/plan.ts";
import { toText } from "../../../../plan/query.ts";
import { changeInputs, changeResources, type FaultsByRule } from "../fault.ts";

const queue = "aws:sqs/queue:Queue";
const composite = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const cache = "aws:elasticache/replicationGroup:ReplicationGroup";

export const treeFaults: FaultsByRule = {
    "one-platform": {
        "a resource at the top": [
            changeResources(queue, "processing-dlq", (node) => [{ ...node, parent: undefined }]),
            "payment-processing-dlq-prod must have a parent",
        ],
        "a second provider": [
            changeResources("pulumi:providers:aws", "", (node) => [node, { ...node, urn: `${node.urn}-2` }]),
            "the stack the top level has PaymentPlatform, aws, aws, not one PaymentPlatform and one AWS provider",
        ],
    },
    "one-tagged-provider": {
        "a missing default tag": [
            changeInputs("pulumi:providers:aws", "", {
                defaultTags: { tags: { Project: "payment-platform" } },
            }),
            'payment-aws-prod must set the tags [["Compliance","PCI-DSS"],["CostCenter","prod-payments"],["DataClassification","confidential"],["Environment","prod"],["EnvironmentSuffix","prod"],["ManagedBy","pulumi"],["Project","payment-platform"]] and allow only the account of the credentials',
        ],
        "the default provider": [
            changeResources(queue, "", (node) => [{ ...node, provider: undefined }]),
            "payment-notifications-dlq-prod must use the provider that sets the tags",
        ],
    },
    "no-open-secrets": {
        "a token in plaintext": [
            changeInputs(cache, "", { authToken: "clear" }),
            "payment-cache-prod shows its authToken",
        ],
        "a token in the description of another resource": [
            (plan) => {
                const { inputs: own } = plan.nodes.find(({ type }) => type === cache) ?? {};
                const token = own?.authToken instanceof Secret ? toText(own.authToken.value) : "none";
                return changeInputs(queue, "", { description: `use ${token} here` })(plan);
            },
            "payment-notifications-dlq-prod shows a secret in description",
        ],
    },
    "components-register-outputs": {
        "no outputs": [
            changeResources("payment:index:Edge", "", (node) => [{ ...node, outputs: {} }]),
            "payment-edge-prod must register its outputs",
        ],
    },
    "exclusive-values-unique": {
        "one priority for two rules": [
            changeResources("aws:lb/listenerRule:ListenerRule", "payment-api", (node) => [
                node,
                { ...node, name: `${node.name}-2`, urn: `${node.urn}-2` },
            ]),
            "payment-api-prod-2 must not have priority 3498 of payment-api-prod",
        ],
    },
    "names-unique": {
        "no suffix in Pulumi": [
            changeResources(queue, "processing-dlq", (node) => [{ ...node, name: "payment-processing-dlq" }]),
            "payment-processing-dlq must have a name that ends with the suffix",
        ],
        "no suffix in AWS": [
            changeInputs(queue, "processing-dlq", { name: "payment-processing-dlq" }),
            "payment-processing-dlq-prod must have the suffix in its name in AWS",
        ],
        "a log group of another API": [
            changeInputs(logGroup, "gateway-execution", {
                name: "API-Gateway-Execution-Logs_zzzzzzzzzz/v1",
            }),
            "payment-gateway-execution-prod must have the suffix in its name in AWS",
        ],
        "one name for two": [
            changeInputs(queue, "processing-dlq", { name: "payment-processing-prod" }),
            "payment-processing-prod must not use a name twice: aws:sqs/queue:Queue payment-processing-prod",
        ],
        "one name for two alarms": [
            changeInputs(composite, "fast", { alarmName: "payment-budget-burns-fast-5m-prod" }),
            "payment-budget-burns-fast-prod must not use a name twice: aws:cloudwatch/metricAlarm:MetricAlarm payment-budget-burns-fast-5m-prod",
        ],
    },
    "names-fit": {
        "a long name": [
            changeInputs(cache, "", { replicationGroupId: "c".repeat(41) }),
            "payment-cache-prod must have a name of at most 40 characters, has 41: ccccccccccccccccccccccccccccccccccccccccc",
        ],
        "an unknown limit": [
            changeResources(queue, "", (node) => [{ ...node, type: "aws:mq/broker:Broker" }]),
            "payment-notifications-dlq-prod must be of a type whose row in `plan/catalogue/` has `name`",
        ],
    },
};
