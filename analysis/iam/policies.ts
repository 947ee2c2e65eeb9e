import { openStrings } from "../../plan/value.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, arnOf, kindOf, once, part, shown, text } from "../../plan/query.ts";
import type { Finding } from "../../plan/finding.ts";
import { homeOf, statementsIn, type Statement } from "./statements.ts";
import { strangeIn, type Context } from "./conditions.ts";
import { evaluate, isRole, type Decision, type Document, type Policies, type Request } from "./evaluate.ts";
import { managedOf } from "./managed-policies.ts";

/** Where an account's policies stand, and what they are about. */
export interface Access {
    readonly account: string;
    readonly region: string;
    readonly partition: string;
    readonly roles: readonly Role[];
    /** Policies of resources by ARN: of keys, queues, topics, buckets and roles. */
    readonly resources: ReadonlyMap<string, Placed>;
    /** Policies of endpoints by service, such as `ecr.api`. */
    readonly endpoints: ReadonlyMap<string, Document & { readonly node: PlanNode }>;
    /** Policies that the evaluator cannot judge. */
    readonly problems: readonly Finding[];
}

export type Placed = NonNullable<Policies["resource"]> & { readonly node: PlanNode };

export interface Role {
    readonly node: PlanNode;
    readonly arn: string;
    readonly identity: readonly (Document & { readonly node: PlanNode })[];
    readonly boundary?: Document;
}

/** Types whose policy speaks for another resource: the input that names it, and how that resource names itself. */
const attached: Readonly<Record<string, { target: string; to: string; by: (node: PlanNode) => string }>> = {
    "aws:s3/bucketPolicy:BucketPolicy": {
        target: "bucket",
        to: "s3/bucket:Bucket",
        by: (node) => text(node, "bucket"),
    },
    "aws:sqs/queuePolicy:QueuePolicy": {
        target: "queueUrl",
        to: "sqs/queue:Queue",
        by: (node) => shown(node.outputs.url),
    },
    "aws:sns/topicPolicy:TopicPolicy": { target: "arn", to: "sns/topic:Topic", by: arnOf },
    "aws:secretsmanager/secretPolicy:SecretPolicy": {
        target: "secretArn",
        to: "secretsmanager/secret:Secret",
        by: arnOf,
    },
    "aws:ecr/repositoryPolicy:RepositoryPolicy": {
        target: "repository",
        to: "ecr/repository:Repository",
        by: (node) => text(node, "name"),
    },
    "aws:dynamodb/resourcePolicy:ResourcePolicy": { target: "resourceArn", to: "dynamodb/table:Table", by: arnOf },
};

/** Types whose own input is a policy that the evaluator places. */
const placed = [
    ...Object.keys(attached),
    "aws:kms/key:Key",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/policy:Policy",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
];

/** Types that give access by other means than a policy that the evaluator places. */
const otherWays =
    /^aws:(kms\/(grant|keyPolicy)|iam\/(user|group|accessKey|policyAttachment|rolePoliciesExclusive|instanceProfile)|s3\/(bucketAcl|accessPoint)|ram\/)/;

export const accessOf = once((plan): Access => {
    const home = homeOf(plan);
    const { partition, region } = home;
    return {
        ...home,
        roles: all(plan, "iam/role:Role").map((node) => roleOf(plan, node, partition)),
        resources: new Map(resourcePolicies(plan)),
        endpoints: new Map(
            all(plan, "ec2/vpcEndpoint:VpcEndpoint").map((node) => [
                part(text(node, "serviceName"), `.${region}.`, -1),
                { ...documentOf(node), node },
            ]),
        ),
        problems: problemsOf(plan),
    };
});

const documentOf = (node: PlanNode, input = "policy"): Document => ({
    name: `the policy of ${kindOf(node)} ${node.name}`,
    statements: statementsIn(text(node, input)),
});

/**
 * The boundary that all roles share lies outside the plan. It can only take rights away, and is generated to take none that
 * the plan's roles hold (docs/deployer.md).
 */
const sharedBoundary = once((plan): string | undefined => {
    const named = new Set(all(plan, "iam/role:Role").map((node) => text(node, "permissionsBoundary")));
    return named.size === 1 ? [...named][0] : undefined;
});

function roleOf(plan: Plan, node: PlanNode, partition: string): Role {
    const names = [shown(node.outputs.name), node.id, arnOf(node)];
    const isOurs = (each: PlanNode) => names.includes(text(each, "role"));
    const arns = all(plan, "iam/rolePolicyAttachment:RolePolicyAttachment").filter(isOurs);
    const boundary = text(node, "permissionsBoundary");
    return {
        node,
        arn: arnOf(node),
        identity: [
            ...all(plan, "iam/rolePolicy:RolePolicy")
                .filter(isOurs)
                .map((each) => ({ ...documentOf(each), node: each })),
            ...arns.map((each) => ({ ...policyAt(plan, text(each, "policyArn"), partition), node: each })),
        ],
        ...(boundary !== "" && boundary !== sharedBoundary(plan) && { boundary: policyAt(plan, boundary, partition) }),
    };
}

const ownPolicy = (plan: Plan, arn: string): PlanNode | undefined =>
    all(plan, "iam/policy:Policy").find((node) => arnOf(node) === arn);

/** A managed policy: of the plan, or of AWS. */
function policyAt(plan: Plan, arn: string, partition: string): Document {
    const own = ownPolicy(plan, arn);
    const [name, policy] = managedOf(arn);
    return own === undefined
        ? { name: `AWS's policy ${name}`, statements: policy?.statements(partition) ?? [] }
        : documentOf(own);
}

const resourcePolicies = (plan: Plan): [string, Placed][] => [
    ...all(plan, "kms/key:Key").map((node): [string, Placed] => [
        arnOf(node),
        { ...documentOf(node), layer: "key", node },
    ]),
    ...all(plan, "iam/role:Role").map((node): [string, Placed] => [
        arnOf(node),
        { ...documentOf(node, "assumeRolePolicy"), name: `the trust of ${node.name}`, layer: "trust", node },
    ]),
    ...Object.entries(attached).flatMap(([type, { target, to, by }]) =>
        all(plan, type.slice("aws:".length)).flatMap((node) =>
            all(plan, to)
                .filter((resource) => by(resource) === text(node, target))
                .map((resource): [string, Placed] => [
                    arnOf(resource),
                    { ...documentOf(node), layer: "resource", node },
                ]),
        ),
    ),
];

function problemsOf(plan: Plan): Finding[] {
    return plan.nodes.flatMap((node): Finding[] => {
        const statements: Statement[] = [];
        openStrings(node.inputs, (each) => void statements.push(...statementsIn(each)));
        const strange = statements.flatMap(strangeIn);
        const named = [text(node, "policyArn"), text(node, "permissionsBoundary")].filter((arn) => arn !== "");
        return [
            ...[...new Set(strange)].map((what) => ({ node, reason: `has ${what}, which nothing here evaluates` })),
            ...(statements.length > 0 && !placed.includes(node.type)
                ? [{ node, reason: "has a policy that nothing here evaluates" }]
                : []),
            ...(otherWays.test(node.type)
                ? [{ node, reason: "gives access in a way that nothing here evaluates" }]
                : []),
            ...named
                .filter(
                    (arn) =>
                        arn !== sharedBoundary(plan) &&
                        managedOf(arn)[1] === undefined &&
                        ownPolicy(plan, arn) === undefined,
                )
                .map((arn) => ({ node, reason: `has ${arn}, of which nothing here knows what it holds` })),
        ];
    });
}

/** AWS's own bucket, from which whoever may pull an image gets its layers: ECR signs the requests. */
const layers: NonNullable<Policies["resource"]> = {
    name: "the policy of AWS's bucket of layers",
    layer: "resource",
    statements: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }],
};
export const layerBucket = ({ partition, region }: Access): string =>
    `arn:${partition}:s3:::prod-${region}-starport-layer-bucket`;

/** The policy that speaks for a resource; objects of a bucket are spoken for by the bucket's. */
function resourcePolicy(access: Access, resource: string): Policies["resource"] {
    const whole = resource.replace(/\/.*$/, "");
    return whole === layerBucket(access) ? layers : (access.resources.get(resource) ?? access.resources.get(whole));
}

/** A request, with what it tells beside what every request tells. */
export type Asked = Omit<Request, "context"> & Partial<Pick<Request, "context">>;

/** Decides on a request with the policies that have a say; through an endpoint where the plan has that one. */
export function decide(access: Access, asked: Asked, endpoint?: string): Decision {
    const role = access.roles.find(({ arn }) => arn === asked.principal);
    return evaluate(requestOf(access, asked), {
        identity: role?.identity ?? [],
        resource: resourcePolicy(access, asked.resource),
        endpoint: endpoint === undefined ? undefined : access.endpoints.get(endpoint),
        boundary: role?.boundary,
    });
}

/** Whether the policy of an endpoint lets a request through, whatever else has a say in it. */
export function admits(access: Access, endpoint: Document, asked: Asked): boolean {
    const decision = evaluate(requestOf(access, asked), { identity: [], endpoint });
    return decision.allowed || decision.by !== "endpoint";
}

/** Account that an ARN names; buckets name none, and are the account's. */
function ownerOf(arn: string, account: string): string {
    const owner = arn.split(":")[4] ?? "";
    return owner === "" ? account : owner;
}

/** Every request of the account's own tells where it comes from, and whose the resource is. */
function requestOf({ account, region }: Access, asked: Asked): Request {
    const { principal, resource } = asked;
    const context: Context = {
        "aws:RequestedRegion": region,
        "aws:SecureTransport": "true",
        ...(resource !== "*" && { "aws:ResourceAccount": ownerOf(resource, account) }),
        ...(isRole(principal)
            ? { "aws:PrincipalAccount": account, "aws:PrincipalArn": principal }
            : { "aws:SourceAccount": account }),
        ...asked.context,
    };
    return { ...asked, context };
}

/** Statements that let somebody in. */
export const allows = ({ statements }: Document): Statement[] => statements.filter(({ Effect }) => Effect === "Allow");
