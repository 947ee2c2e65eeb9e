import { visitNonSecretStrings } from "../../plan/value.ts";
import { typesWith } from "../../plan/catalogue/catalogue.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, arnOf, typeNameOf, memoizeByPlan, splitPart, toText, inputText } from "../../plan/query.ts";
import type { Finding } from "../../plan/finding.ts";
import { planLocationOf, parseStatements, type ParsedStatement } from "./statements.ts";
import { unsupportedElementsIn, type RequestContext } from "./conditions.ts";
import {
    evaluate,
    isRoleArn,
    type Decision,
    type NamedPolicy,
    type ApplicablePolicies,
    type AccessRequest,
} from "./evaluate.ts";
import { managedPolicyOf } from "./managed-policies.ts";

/** Where an account's policies stand, and what they are about. */
export interface AccountPolicies {
    readonly account: string;
    readonly region: string;
    readonly partition: string;
    readonly roles: readonly Role[];
    /** Policies of resources by ARN: of keys, queues, topics, buckets and roles. */
    readonly resources: ReadonlyMap<string, ResourcePolicy>;
    /** Policies of endpoints by service, such as `ecr.api`. */
    readonly endpoints: ReadonlyMap<string, NamedPolicy & { readonly node: PlanNode }>;
    /** Policies that the evaluator cannot judge. */
    readonly problems: readonly Finding[];
}

export type ResourcePolicy = NonNullable<ApplicablePolicies["resource"]> & { readonly node: PlanNode };

export interface Role {
    readonly node: PlanNode;
    readonly arn: string;
    readonly identityPolicies: readonly (NamedPolicy & { readonly node: PlanNode })[];
    readonly boundary?: NamedPolicy;
}

/** Types whose own input is a policy that the evaluator places. */
const supportedPolicyTypes = [
    ...typesWith("policyOf").map(([type]) => type),
    "aws:kms/key:Key",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/policy:Policy",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
];

/** Types that give access by other means than a policy that the evaluator places. */
const unsupportedAccessTypes =
    /^aws:(kms\/(grant|keyPolicy)|iam\/(user|group|accessKey|policyAttachment|rolePoliciesExclusive|instanceProfile)|s3\/(bucketAcl|accessPoint)|ram\/)/;

export const accountPoliciesOf = memoizeByPlan((plan): AccountPolicies => {
    const home = planLocationOf(plan);
    const { partition, region } = home;
    return {
        ...home,
        roles: resourcesOfType(plan, "iam/role:Role").map((node) => roleOf(plan, node, partition)),
        resources: new Map(resourcePolicies(plan)),
        endpoints: new Map(
            resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").map((node) => [
                splitPart(inputText(node, "serviceName"), `.${region}.`, -1),
                { ...policyOf(node), node },
            ]),
        ),
        problems: unsupportedPolicies(plan),
    };
});

const policyOf = (node: PlanNode, input = "policy"): NamedPolicy => ({
    name: `the policy of ${typeNameOf(node)} ${node.name}`,
    statements: parseStatements(inputText(node, input)),
});

/**
 * The boundary that all roles share lies outside the plan. It can only take rights away, and is generated to take none that
 * the plan's roles hold (docs/deployer.md).
 */
const sharedBoundary = memoizeByPlan((plan): string | undefined => {
    const named = new Set(resourcesOfType(plan, "iam/role:Role").map((node) => inputText(node, "permissionsBoundary")));
    return named.size === 1 ? [...named][0] : undefined;
});

function roleOf(plan: Plan, node: PlanNode, partition: string): Role {
    const names = [toText(node.outputs.name), node.id, arnOf(node)];
    const isOurs = (each: PlanNode) => names.includes(inputText(each, "role"));
    const arns = resourcesOfType(plan, "iam/rolePolicyAttachment:RolePolicyAttachment").filter(isOurs);
    const boundary = inputText(node, "permissionsBoundary");
    return {
        node,
        arn: arnOf(node),
        identityPolicies: [
            ...resourcesOfType(plan, "iam/rolePolicy:RolePolicy")
                .filter(isOurs)
                .map((each) => ({ ...policyOf(each), node: each })),
            ...arns.map((each) => ({ ...managedPolicyAt(plan, inputText(each, "policyArn"), partition), node: each })),
        ],
        ...(boundary !== "" &&
            boundary !== sharedBoundary(plan) && { boundary: managedPolicyAt(plan, boundary, partition) }),
    };
}

const ownPolicy = (plan: Plan, arn: string): PlanNode | undefined =>
    resourcesOfType(plan, "iam/policy:Policy").find((node) => arnOf(node) === arn);

/** A managed policy: of the plan, or of AWS. */
function managedPolicyAt(plan: Plan, arn: string, partition: string): NamedPolicy {
    const own = ownPolicy(plan, arn);
    const [name, policy] = managedPolicyOf(arn);
    return own === undefined
        ? { name: `AWS's policy ${name}`, statements: policy?.statements(partition) ?? [] }
        : policyOf(own);
}

const resourcePolicies = (plan: Plan): [string, ResourcePolicy][] => [
    ...resourcesOfType(plan, "kms/key:Key").map((node): [string, ResourcePolicy] => [
        arnOf(node),
        { ...policyOf(node), layer: "key", node },
    ]),
    ...resourcesOfType(plan, "iam/role:Role").map((node): [string, ResourcePolicy] => [
        arnOf(node),
        { ...policyOf(node, "assumeRolePolicy"), name: `the trust of ${node.name}`, layer: "trust", node },
    ]),
    ...typesWith("policyOf").flatMap(([type, { type: targetType, input, property }]) =>
        resourcesOfType(plan, type).flatMap((node) =>
            resourcesOfType(plan, targetType)
                .filter(
                    ({ inputs, outputs }) => toText(inputs[property] ?? outputs[property]) === inputText(node, input),
                )
                .map((resource): [string, ResourcePolicy] => [
                    arnOf(resource),
                    { ...policyOf(node), layer: "resource", node },
                ]),
        ),
    ),
];

function unsupportedPolicies(plan: Plan): Finding[] {
    return plan.nodes.flatMap((node): Finding[] => {
        const statements: ParsedStatement[] = [];
        visitNonSecretStrings(node.inputs, (each) => void statements.push(...parseStatements(each)));
        const strange = statements.flatMap(unsupportedElementsIn);
        const named = [inputText(node, "policyArn"), inputText(node, "permissionsBoundary")].filter(
            (arn) => arn !== "",
        );
        return [
            ...[...new Set(strange)].map((what) => ({ node, reason: `has ${what}, which nothing here evaluates` })),
            ...(statements.length > 0 && !supportedPolicyTypes.includes(node.type)
                ? [{ node, reason: "has a policy that nothing here evaluates" }]
                : []),
            ...(unsupportedAccessTypes.test(node.type)
                ? [{ node, reason: "gives access in a way that nothing here evaluates" }]
                : []),
            ...named
                .filter(
                    (arn) =>
                        arn !== sharedBoundary(plan) &&
                        managedPolicyOf(arn)[1] === undefined &&
                        ownPolicy(plan, arn) === undefined,
                )
                .map((arn) => ({ node, reason: `has ${arn}, of which nothing here knows what it holds` })),
        ];
    });
}

/** AWS's own bucket, from which whoever may pull an image gets its layers: ECR signs the requests. */
const layerBucketPolicy: NonNullable<ApplicablePolicies["resource"]> = {
    name: "the policy of AWS's bucket of layers",
    layer: "resource",
    statements: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }],
};
export const layerBucketArn = ({ partition, region }: AccountPolicies): string =>
    `arn:${partition}:s3:::prod-${region}-starport-layer-bucket`;

/** The policy that speaks for a resource; objects of a bucket are spoken for by the bucket's. */
function resourcePolicy(access: AccountPolicies, resource: string): ApplicablePolicies["resource"] {
    const whole = resource.replace(/\/.*$/, "");
    return whole === layerBucketArn(access)
        ? layerBucketPolicy
        : (access.resources.get(resource) ?? access.resources.get(whole));
}

/** A request, with what it tells beside what every request tells. */
export type RequestInput = Omit<AccessRequest, "context"> & Partial<Pick<AccessRequest, "context">>;

/** Decides on a request with the policies that have a say; through an endpoint where the plan has that one. */
export function decideRequest(access: AccountPolicies, asked: RequestInput, endpoint?: string): Decision {
    const role = access.roles.find(({ arn }) => arn === asked.principal);
    return evaluate(completeRequest(access, asked), {
        identity: role?.identityPolicies ?? [],
        resource: resourcePolicy(access, asked.resource),
        endpoint: endpoint === undefined ? undefined : access.endpoints.get(endpoint),
        boundary: role?.boundary,
    });
}

/** Whether the policy of an endpoint lets a request through, whatever else has a say in it. */
export function endpointAllows(access: AccountPolicies, endpoint: NamedPolicy, asked: RequestInput): boolean {
    const decision = evaluate(completeRequest(access, asked), { identity: [], endpoint });
    return decision.allowed || decision.by !== "endpoint";
}

/** Account that an ARN names; buckets name none, and are the account's. */
function accountInArn(arn: string, account: string): string {
    const owner = arn.split(":")[4] ?? "";
    return owner === "" ? account : owner;
}

/** Every request of the account's own tells where it comes from, and whose the resource is. */
function completeRequest({ account, region }: AccountPolicies, asked: RequestInput): AccessRequest {
    const { principal, resource } = asked;
    const context: RequestContext = {
        "aws:RequestedRegion": region,
        "aws:SecureTransport": "true",
        ...(resource !== "*" && { "aws:ResourceAccount": accountInArn(resource, account) }),
        ...(isRoleArn(principal)
            ? { "aws:PrincipalAccount": account, "aws:PrincipalArn": principal }
            : { "aws:SourceAccount": account }),
        ...asked.context,
    };
    return { ...asked, context };
}

/** Statements that let somebody in. */
export const allowStatements = ({ statements }: NamedPolicy): ParsedStatement[] =>
    statements.filter(({ Effect }) => Effect === "Allow");
