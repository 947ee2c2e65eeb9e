import { visitNonSecretStrings } from "../../plan/value.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    typeNameOf,
    memoizeByPlan,
    splitPart,
    itemsOf,
    toText,
    inputText,
} from "../../plan/query.ts";
import type { Finding } from "../../plan/finding.ts";
import { planLocationOf, parseStatements, toArray, type ParsedStatement } from "./statements.ts";
import { unsupportedElementsIn, type RequestContext } from "./conditions.ts";
import { evaluate, type Decision, type NamedPolicy, type ApplicablePolicies, type AccessRequest } from "./evaluate.ts";
import { managedPolicyOf } from "./managed-policies.ts";
import { isArn } from "./principals.ts";
import { policiesAttachedTo, resourcePolicyTypes } from "./resource-policies.ts";
import { hasWildcard, matchesResource } from "./wildcards.ts";

/** The policies of a plan, and the account, Region and partition to which they belong. */
export interface AccountPolicies {
    readonly account: string;
    readonly region: string;
    readonly partition: string;
    readonly roles: readonly Role[];
    /** Policies of keys, queues, topics, buckets and other resources, and trust policies of roles, by ARN. */
    readonly resources: ReadonlyMap<string, ResourcePolicy>;
    /** Endpoint policies by service, such as `ecr.api`. */
    readonly endpoints: ReadonlyMap<string, NamedPolicy>;
    /** Policies that the evaluator does not support. */
    readonly problems: readonly Finding[];
}

export type ResourcePolicy = NonNullable<ApplicablePolicies["resource"]> & { readonly node: PlanNode };

export interface Role {
    readonly node: PlanNode;
    readonly arn: string;
    readonly identityPolicies: readonly (NamedPolicy & { readonly node: PlanNode })[];
    readonly boundary?: NamedPolicy;
}

/** A policy of the account for log groups, which its statements name. */
const logResourcePolicyType = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy";

/** Types with a policy as an input that the evaluator reads. */
const supportedPolicyTypes = [
    ...resourcePolicyTypes.map(([type]) => type),
    "aws:kms/key:Key",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/policy:Policy",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    logResourcePolicyType,
];

/** Inputs of roles for what other resources give them in the platform's plans. */
const unsupportedRoleInputs = ["inlinePolicies", "managedPolicyArns"];

/** Types that give access by other means than the policies that the evaluator reads. */
const unsupportedAccessTypes =
    /^aws:(kms\/(grant|keyPolicy)|iam\/(user|group|accessKey|policyAttachment|rolePoliciesExclusive|rolePolicyAttachmentsExclusive|instanceProfile)|s3\/(bucketAcl|accessPoint)|ram\/)/;

export const accountPoliciesOf = memoizeByPlan((plan): AccountPolicies => {
    const location = planLocationOf(plan);
    const { partition, region } = location;
    return {
        ...location,
        roles: resourcesOfType(plan, "iam/role:Role").map((node) => roleOf(plan, node, partition)),
        resources: mergePolicies(resourcePolicies(plan)),
        endpoints: new Map(
            resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").map((node) => [
                splitPart(inputText(node, "serviceName"), `.${region}.`, -1),
                endpointPolicyOf(node),
            ]),
        ),
        problems: unsupportedPolicies(plan),
    };
});

const policyOf = (node: PlanNode, input = "policy"): NamedPolicy => ({
    name: `the policy of ${typeNameOf(node)} ${node.name}`,
    statements: parseStatements(inputText(node, input)),
});

/** What AWS sets for an endpoint without a policy (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html). */
const defaultEndpointPolicy: readonly ParsedStatement[] = [
    { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" },
];

export function endpointPolicyOf(node: PlanNode): NamedPolicy {
    const policy = policyOf(node);
    return inputText(node, "policy") === "" ? { ...policy, statements: defaultEndpointPolicy } : policy;
}

/** AWS applies every policy of an account that names a log group; of other resources it keeps one policy. */
const mergePolicies = (policies: readonly [string, ResourcePolicy][]): Map<string, ResourcePolicy> =>
    policies.reduce((merged, [arn, policy]) => {
        const { name, statements } = merged.get(arn) ?? policy;
        const other = merged.has(arn) && {
            name: `${name} and ${policy.name}`,
            statements: [...statements, ...policy.statements],
        };
        return merged.set(arn, { ...policy, ...other });
    }, new Map<string, ResourcePolicy>());

/**
 * The permissions boundary of all roles is not part of the plan. It can only remove permissions, and is generated from the
 * policies of the plan's roles so that it removes none of theirs (docs/deployer.md).
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

/** A managed policy of the plan, or one of AWS. */
function managedPolicyAt(plan: Plan, arn: string, partition: string): NamedPolicy {
    const own = ownPolicy(plan, arn);
    const [name, policy] = managedPolicyOf(arn);
    return own === undefined
        ? { name: `AWS's policy ${name}`, statements: policy?.statements(partition) ?? [] }
        : policyOf(own);
}

const namesStreamOf = ({ Resource }: ParsedStatement, group: string): boolean =>
    toArray(Resource).some((pattern) => matchesResource(`${group}:log-stream:*`, pattern, "some"));

const resourcePolicies = (plan: Plan): [string, ResourcePolicy][] => [
    ...resourcesOfType(plan, "kms/key:Key").map((node): [string, ResourcePolicy] => [
        arnOf(node),
        { ...policyOf(node), layer: "key", node },
    ]),
    ...resourcesOfType(plan, "iam/role:Role").map((node): [string, ResourcePolicy] => [
        arnOf(node),
        { ...policyOf(node, "assumeRolePolicy"), name: `the trust of ${node.name}`, layer: "trust", node },
    ]),
    ...resourcePolicyTypes.flatMap(([, { type }]) =>
        resourcesOfType(plan, type).flatMap((resource) =>
            policiesAttachedTo(plan, resource).map((node): [string, ResourcePolicy] => [
                arnOf(resource),
                { ...policyOf(node), layer: "resource", node },
            ]),
        ),
    ),
    ...resourcesOfType(plan, logResourcePolicyType).flatMap((node) => {
        const policy: ResourcePolicy = { ...policyOf(node, "policyDocument"), layer: "resource", node };
        return resourcesOfType(plan, "cloudwatch/logGroup:LogGroup")
            .map(arnOf)
            .filter((group) => policy.statements.some((statement) => namesStreamOf(statement, group)))
            .map((group): [string, ResourcePolicy] => [group, policy]);
    }),
];

function unsupportedPolicies(plan: Plan): Finding[] {
    return plan.nodes.flatMap((node): Finding[] => {
        const statements: ParsedStatement[] = [];
        visitNonSecretStrings(node.inputs, (each) => void statements.push(...parseStatements(each)));
        const unsupported = statements.flatMap((statement) => unsupportedElementsIn(statement));
        const named = [inputText(node, "policyArn"), inputText(node, "permissionsBoundary")].filter(
            (arn) => arn !== "",
        );
        return [
            ...[...new Set(unsupported)].map((what) => ({
                node,
                reason: `has ${what}, which the evaluator does not support`,
            })),
            ...(statements.length > 0 && !supportedPolicyTypes.includes(node.type)
                ? [{ node, reason: "has a policy of a type that the evaluator does not read" }]
                : []),
            ...(unsupportedAccessTypes.test(node.type)
                ? [{ node, reason: "gives access by a type of resource that the evaluator does not support" }]
                : []),
            ...(node.type === "aws:iam/role:Role" ? unsupportedRoleInputs : [])
                .filter((input) => itemsOf(node.inputs[input]).length > 0)
                .map((input) => ({ node, reason: `has ${input}, which the evaluator does not read` })),
            ...named
                .filter(
                    (arn) =>
                        arn !== sharedBoundary(plan) &&
                        managedPolicyOf(arn)[1] === undefined &&
                        ownPolicy(plan, arn) === undefined,
                )
                .map((arn) => ({
                    node,
                    reason: `has the managed policy ${arn}, whose statements the evaluator does not have`,
                })),
        ];
    });
}

/** The bucket of AWS from which an image pull downloads the layers, with requests that ECR has signed. */
const layerBucketPolicy: NonNullable<ApplicablePolicies["resource"]> = {
    name: "the policy of AWS's bucket of layers",
    layer: "resource",
    statements: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }],
};
export const layerBucketArn = ({ partition, region }: Pick<AccountPolicies, "partition" | "region">): string =>
    `arn:${partition}:s3:::prod-${region}-starport-layer-bucket`;

/**
 * The policy of a resource; for an object, the policy of its bucket; for a log stream, that of its log group. The trust policy of a
 * role is about assuming it, and not about other actions, such as to pass it on
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
 */
function resourcePolicy(access: AccountPolicies, { action, resource }: RequestInput): ApplicablePolicies["resource"] {
    const whole = resource.replace(/\/.*$/, "");
    const policy =
        whole === layerBucketArn(access)
            ? layerBucketPolicy
            : (access.resources.get(resource.replace(/:log-stream:.*$/, "")) ?? access.resources.get(whole));
    return policy?.layer === "trust" && !action.startsWith("sts:") ? undefined : policy;
}

/** A request with the context keys that not every request has. */
export type RequestInput = Omit<AccessRequest, "context"> & Partial<Pick<AccessRequest, "context">>;

/** A call of an action that has no resource: `*` is no pattern here. */
const asCall = <T extends RequestInput>(request: T): T =>
    request.resource === "*" ? { ...request, resource: "" } : request;

function policiesFor(access: AccountPolicies, request: RequestInput, endpoint?: string): ApplicablePolicies {
    const role = access.roles.find(({ arn }) => arn === request.principal);
    return {
        identity: role?.identityPolicies ?? [],
        resource: resourcePolicy(access, request),
        endpoint: endpoint === undefined ? undefined : access.endpoints.get(endpoint),
        boundary: role?.boundary,
    };
}

/**
 * Evaluates a request with every policy that applies to it; with that of an endpoint only if the caller names one. If the
 * resource is a pattern, all that it matches must be allowed.
 */
export const decideRequest = (access: AccountPolicies, request: RequestInput, endpoint?: string): Decision =>
    evaluate(completeRequest(access, asCall(request)), policiesFor(access, request, endpoint));

/** What a caller chooses. */
const chosenByCaller = { "aws:RequestedRegion": "*", "aws:SecureTransport": "*" };

/** A bucket's ARN has no account, so that only the buckets of the plan are known to be the account's. */
const mayBeOutside = (access: AccountPolicies, resource: string): boolean =>
    /^arn:[^:]*:s3:/.test(resource) && !access.resources.has(resource.replace(/\/.*$/, ""));

/** Whether some request that the patterns of the given one stand for may be allowed, with the keys of its context and others. */
export function mayBeAllowed(access: AccountPolicies, request: RequestInput): boolean {
    const context = {
        ...chosenByCaller,
        ...(mayBeOutside(access, request.resource) && { "aws:ResourceAccount": "*" }),
        ...request.context,
    };
    return evaluate(completeRequest(access, { ...request, context }), policiesFor(access, request), "some").allowed;
}

/** Whether an endpoint policy allows a request, whatever the other policies decide. */
export function endpointAllows(access: AccountPolicies, endpoint: NamedPolicy, request: RequestInput): boolean {
    const decision = evaluate(completeRequest(access, asCall(request)), { identity: [], endpoint });
    return decision.allowed || decision.by !== "endpoint";
}

/** Account in an ARN. Without one, as in that of a bucket, it is the plan's account; `*` where a pattern matches others. */
function accountInArn(arn: string, account: string): string {
    const [name = ""] = arn.split("/");
    const owner = splitPart(name, ":", 4);
    return owner !== "" ? owner : hasWildcard(name) ? "*" : account;
}

/**
 * Adds the context keys that AWS gives to every request of the account: Region, TLS and owner of the resource, and for a role
 * its ARN and account. What a service sends about itself is in `serviceCalls`.
 */
export function completeRequest({ account, region }: AccountPolicies, request: RequestInput): AccessRequest {
    const { principal, resource } = request;
    const context: RequestContext = {
        "aws:RequestedRegion": region,
        "aws:SecureTransport": "true",
        ...(!["", "*"].includes(resource) && { "aws:ResourceAccount": accountInArn(resource, account) }),
        ...(isArn(principal) && { "aws:PrincipalAccount": account, "aws:PrincipalArn": principal }),
        ...request.context,
    };
    return { ...request, context };
}

export const allowStatements = ({ statements }: NamedPolicy): ParsedStatement[] =>
    statements.filter(({ Effect }) => Effect === "Allow");
