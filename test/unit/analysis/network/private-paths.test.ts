import { expect, test } from "@jest/globals";
import { inputText } from "../../../../plan/query.ts";
import { findViolations } from "../../../../checks/rule.ts";
import { privatePathRules } from "../../../../checks/rules/private-paths.ts";
import type { Plan, Value } from "../../../../plan/plan.ts";
import { findNode } from "../../../recorder.ts";
import { planTestStack } from "../../../stacks.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import {
    changeInputs,
    changePolicy,
    replaceText,
    changeResources,
    removeResources,
    withValueAt,
    type PlanChange,
} from "../../checks/fault.ts";
import { planOfConfig, settingsFromConfig } from "../../checks/config-plans.ts";

const failing = (plan: Plan, stack = "prod"): string[] =>
    privatePathRules.flatMap((rule) =>
        findViolations(rule, plan, settingsFromConfig(readStackConfig(stack))).map(
            ({ resource, reason }) => `${resource}: ${reason}`,
        ),
    );
const proved = (plan: Plan, stack: string): string[] =>
    privatePathRules.flatMap((rule) => rule.evidence?.(plan, settingsFromConfig(readStackConfig(stack))) ?? []);
/** `payment (task) -> sqs`, in the order of the alphabet. */
const uses = (lines: readonly string[]): string[] => lines.map((line) => line.split(": ")[0] ?? "").toSorted();

const agent = (service: string) => ["ecr.api", "ecr.dkr", "s3", "logs"].map((to) => `${service} (agent) -> ${to}`);
const usual = [
    ...agent("api"),
    "api (task) -> secretsmanager",
    "api (task) -> sqs",
    ...agent("notification"),
    "notification (task) -> sqs",
    ...agent("payment"),
    "payment (task) -> secretsmanager",
    "payment (task) -> sqs",
    "payment (task) -> sns",
    "validator (function) -> dynamodb",
    "validator (function) -> s3",
].toSorted();

test.each(["dev", "staging", "prod"])("%s: every call to AWS has an endpoint that allows it", async (stack) => {
    const plan = await planTestStack(stack);
    const lines = proved(plan, stack);
    expect(failing(plan, stack)).toEqual([]);
    expect(uses(lines)).toEqual(usual);
    expect(lines.filter((line) => !line.includes(": endpoint payment-") || !line.includes(", policy allows "))).toEqual(
        [],
    );
    expect(lines).toContain(
        `payment (task) -> sns: endpoint payment-sns-${stack}, egress payment-workers-endpoints-egress-${stack}, ` +
            `ingress payment-workers-endpoints-ingress-${stack}, policy allows sns:Publish`,
    );
});

test("calls of tasks in no subnet of the plan fail", async () => {
    const moved = withValueAt("networkConfiguration.subnets", ["subnet-other"]);
    const changed = changeInputs("aws:ecs/service:Service", "payment-payment", moved)(await planTestStack("prod"));
    expect(failing(changed)).toContain("payment-payment-prod: payment (task) -> sns fails: it is in no subnet");
});

const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";

test.each([
    ["-ecr-api-", "ecr.api", ["api (agent)", "notification (agent)", "payment (agent)"]],
    ["-ecr-dkr-", "ecr.dkr", ["api (agent)", "notification (agent)", "payment (agent)"]],
    ["-s3-", "s3", ["api (agent)", "notification (agent)", "payment (agent)", "validator (function)"]],
    ["-logs-", "logs", ["api (agent)", "notification (agent)", "payment (agent)"]],
    ["-secretsmanager-", "secretsmanager", ["api (task)", "payment (task)"]],
    ["-sqs-", "sqs", ["api (task)", "notification (task)", "payment (task)"]],
    ["-sns-", "sns", ["payment (task)"]],
    ["-dynamodb-", "dynamodb", ["validator (function)"]],
])("without the endpoint %s calls of %s fail, and their callers are named", async (part, service, callers) => {
    const plan = removeResources(endpoint, part)(await planTestStack("prod"));
    expect(failing(plan).toSorted()).toEqual(
        callers.map((caller) =>
            expect.stringMatching(
                `^payment-.*: ${caller.replace(/[()]/g, "\\$&")} -> ${service} fails: payment-private-1-prod has neither an ` +
                    `endpoint of com.amazonaws.us-east-1.${service} nor a route to the internet$`,
            ),
        ),
    );
});

test("every endpoint of a stack is needed by some call", async () => {
    const plan = await planTestStack("prod");
    const services = plan.nodes
        .filter(({ type }) => type === endpoint)
        .map(({ inputs: { serviceName } }) => serviceName);
    expect(services).toHaveLength(new Set(usual.map((use) => use.split(" -> ")[1])).size);
});

const shellConfig = withSettings(readStackConfig("dev"), { "compute.execCommand": true });

test.each([
    ["-ssmmessages-", "ssmmessages"],
    ["-kms-", "kms"],
])("a shell in a task needs the endpoint %s", async (part, service) => {
    const plan = await planOfConfig(shellConfig);
    expect(uses(proved(plan, "dev"))).toContain(`api (task) -> ${service}`);
    expect(failing(plan, "dev")).toEqual([]);
    expect(failing(removeResources(endpoint, part)(plan), "dev")).toContainEqual(
        expect.stringContaining(`api (task) -> ${service} fails`),
    );
});

const containers = (from: string, to: string): PlanChange =>
    changeInputs("aws:ecs/taskDefinition:TaskDefinition", "payment-api", replaceText("containerDefinitions", from, to));
const allowing = (...statements: Value[]): PlanChange =>
    changeInputs(endpoint, "-sns-", { policy: JSON.stringify({ Statement: statements }) });
const everything = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };

const faults: readonly (readonly [fault: string, change: PlanChange, line: string])[] = [
    [
        "an endpoint without names of its own",
        changeInputs(endpoint, "-sqs-", { privateDnsEnabled: false }),
        "payment (task) -> sqs fails: payment-private-1-prod has neither an endpoint",
    ],
    [
        "a VPC without names",
        changeInputs("aws:ec2/vpc:Vpc", "", { enableDnsHostnames: false }),
        "payment (task) -> sqs fails: the VPC does not resolve private DNS names",
    ],
    [
        "an interface endpoint with private DNS in front of a gateway endpoint",
        changeResources(endpoint, "-s3-", (node) => [
            node,
            { ...node, name: "hiding", inputs: { ...node.inputs, privateDnsEnabled: true, routeTableIds: [] } },
        ]),
        "validator (function) -> s3 fails: security groups or NACLs do not allow it to reach hiding",
    ],
    [
        "an endpoint in no subnet",
        changeInputs(endpoint, "-sns-", { subnetIds: [] }),
        "sns fails: security groups or NACLs do not allow it to reach payment-sns-prod",
    ],
    [
        "a closed group of endpoints",
        removeResources("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "workers-endpoints"),
        "sns fails: security groups or NACLs do not allow it",
    ],
    [
        "a security group without an egress rule",
        removeResources("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "workers-endpoints"),
        "sns fails: security groups or NACLs do not allow it",
    ],
    [
        "endpoints with an ingress rule for one zone only",
        (plan) =>
            changeInputs("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "workers-endpoints", {
                referencedSecurityGroupId: "",
                cidrIpv4: inputText(findNode(plan, "payment-private-1-prod", "aws:ec2/subnet:Subnet"), "cidrBlock"),
            })(plan),
        "sns fails: security groups or NACLs do not allow it to reach payment-sns-prod",
    ],
    [
        "a zone without the endpoint in its route table",
        changeInputs(endpoint, "-s3-", ({ routeTableIds }) => ({
            routeTableIds: (routeTableIds as Value[]).slice(0, 2),
        })),
        "payment (agent) -> s3 fails: payment-private-3-prod has neither an endpoint",
    ],
    [
        "a rule for another prefix list",
        changeInputs("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "validator-s3", {
            prefixListId: "pl-other",
        }),
        "validator (function) -> s3 fails: security groups or NACLs do not allow it to reach payment-s3-prod",
    ],
    [
        "a policy that lacks an action",
        changePolicy(endpoint, "-sqs-", "sqs:DeleteMessage", "sqs:PurgeQueue"),
        "payment (task) -> sqs fails: the policy of payment-sqs-prod does not allow sqs:DeleteMessage on arn:aws:sqs:us-east-1:123456789012:payment-processing-prod",
    ],
    [
        "a policy for another account",
        changePolicy(endpoint, "-sns-", /123456789012/, "210987654321"),
        "sns fails: the policy of payment-sns-prod does not allow sns:Publish",
    ],
    [
        "a policy without the bucket of layers",
        changePolicy(endpoint, "-s3-", "starport", "other"),
        "payment (agent) -> s3 fails: the policy of payment-s3-prod does not allow s3:GetObject on arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*",
    ],
    [
        "a policy for other records",
        changePolicy(endpoint, "-s3-", "/audit/????/*", "/other/*"),
        "validator (function) -> s3 fails: the policy of payment-s3-prod does not allow s3:PutObject",
    ],
    [
        "a policy that refuses",
        allowing(everything, { ...everything, Effect: "Deny", Action: "sns:*" }),
        "sns fails: the policy of payment-sns-prod does not allow sns:Publish",
    ],
    [
        "a policy that perhaps refuses",
        allowing(everything, {
            ...everything,
            Effect: "Deny",
            Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-1" } },
        }),
        "sns fails: the policy",
    ],
    [
        "a policy that perhaps allows",
        allowing({ ...everything, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
        "sns fails: the policy",
    ],
    [
        "a policy for others",
        allowing({ ...everything, Principal: { AWS: "arn:aws:iam::123456789012:role/other" } }),
        "sns fails: the policy",
    ],
    [
        "a policy for all but one action",
        allowing({ Effect: "Allow", Principal: "*", NotAction: "sns:Publish", Resource: "*" }),
        "sns fails: the policy",
    ],
    [
        "an image from elsewhere",
        containers("123456789012.dkr.ecr.us-east-1.amazonaws.com/payment-api-prod", "payments/api"),
        "api (agent) -> docker.io fails: payment-private-1-prod has neither an endpoint of docker.io",
    ],
    [
        "an image from a public registry",
        containers("123456789012.dkr.ecr.us-east-1.amazonaws.com", "public.ecr.aws"),
        "api (agent) -> public.ecr.aws fails",
    ],
    [
        "an image of another region",
        containers("dkr.ecr.us-east-1", "dkr.ecr.eu-west-1"),
        "api (agent) -> ecr.dkr fails: payment-private-1-prod has neither an endpoint of com.amazonaws.eu-west-1.ecr.dkr",
    ],
    [
        "a parameter that the agent reads",
        containers(
            '"stopTimeout"',
            '"secrets":[{"name":"A","valueFrom":"arn:aws:ssm:us-east-1:123456789012:parameter/a"}],"stopTimeout"',
        ),
        "api (agent) -> ssm fails",
    ],
    [
        "a right to call a service more",
        changePolicy("aws:iam/rolePolicy:RolePolicy", "payment-api-task", "sqs:GetQueueUrl", "states:StartExecution"),
        "api (task) -> states fails",
    ],
    [
        "a key that a task uses itself",
        changePolicy(
            "aws:iam/rolePolicy:RolePolicy",
            "payment-api-task",
            /,"Condition":\{"StringEquals":\{"kms:ViaService":"sqs[^}]*\}\}/,
            "",
        ),
        "api (task) -> kms fails",
    ],
    [
        "a function that writes to a queue",
        changePolicy(
            "aws:iam/rolePolicy:RolePolicy",
            "payment-validator",
            "payment-validator-dlq-prod",
            "payment-processing-prod",
        ),
        "validator (function) -> sqs fails: security groups or NACLs do not allow it to reach payment-sqs-prod",
    ],
    [
        "a function that makes interfaces",
        changePolicy("aws:iam/rolePolicy:RolePolicy", "payment-validator", '"Deny"', '"Allow"'),
        "validator (function) -> ec2 fails",
    ],
];

test.each(faults)("%s is noticed", async (_, change, line) => {
    expect(failing(change(await planTestStack("prod")))).toContainEqual(expect.stringContaining(line));
});

test("a container that sends its logs elsewhere calls no log group", async () => {
    const plan = containers('"awslogs"', '"awsfirelens"')(await planTestStack("prod"));
    expect(uses(proved(plan, "prod"))).toEqual(usual.filter((use) => use !== "api (agent) -> logs"));
});

const natConfig = (changes: Record<string, unknown>) =>
    withSettings(readStackConfig("dev"), { "network.egress": "nat", "network.natGateways": "per-az", ...changes });

test("with NAT gateways and no endpoints tasks call AWS over the internet", async () => {
    const plan = await planOfConfig(natConfig({ "network.endpointZones": 0 }));
    expect(failing(plan, "dev")).toEqual([]);
    expect(uses(proved(plan, "dev"))).toEqual(usual);
    expect(proved(plan, "dev")).toContain(
        "payment (task) -> sns: the internet, egress payment-workers-internet-egress-dev, route 0.0.0.0/0 to payment-nat-1-dev (NatGateway)",
    );
});

test.each([
    [
        "a private route is missing",
        removeResources("aws:ec2/route:Route", "private-2"),
        "payment-private-2-dev has neither",
    ],
    [
        "the route of the NAT gateways is missing",
        removeResources("aws:ec2/route:Route", "public"),
        "payment-private-1-dev has neither",
    ],
    [
        "no egress rule of the workers exists",
        removeResources("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "workers-internet"),
        "payment-private-1-dev has neither",
    ],
])("with NAT gateways calls fail when %s", async (_, change, line) => {
    const plan = change(await planOfConfig(natConfig({ "network.endpointZones": 0 })));
    expect(failing(plan, "dev")).toContainEqual(expect.stringContaining(`payment (task) -> sqs fails: ${line}`));
});

test("a call that an endpoint denies does not use the NAT gateway instead", async () => {
    const plan = changePolicy(endpoint, "-sns-", "sns:Publish", "sns:Subscribe")(await planOfConfig(natConfig({})));
    expect(failing(plan, "dev")).toEqual([
        "payment-payment-dev: payment (task) -> sns fails: the policy of payment-sns-dev does not allow sns:Publish on " +
            "arn:aws:sns:us-east-1:123456789012:payment-events-dev",
    ]);
});
