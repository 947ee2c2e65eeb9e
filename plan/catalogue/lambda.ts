import { storage } from "../../lib/manifest/storage-by-type.ts";
import {
    fixedNamePattern,
    keyUseGrants,
    passRoles,
    readGrant,
    regionalArns,
    writeGrant,
    listGrant,
} from "./deployer-grant.ts";
import { securityGroupsOfVpc } from "./ec2-grants.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { encryptionRisk, removed } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

export const functions = regionalArns("lambda", `function:${fixedNamePattern}`);

export const lambda: ServiceRows = {
    "aws:lambda/function:Function": {
        name: { maxLength: 64 },
        sizeLimits: [
            {
                input: "environment.variables",
                max: 4096,
                source: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
            },
        ],
        summary: ["{runtime}", "{memorySize} MiB", "{timeout} s", "in the VPC{vpcConfig?}"],
        fakeOutputs: {
            arn: (request) => request.arn("lambda", `function:${request.physicalName}`),
            invokeArn: (request) => {
                const path = `path/2015-03-31/functions/${request.arn("lambda", `function:${request.physicalName}`)}/invocations`;
                return request.arn("apigateway", path, { account: "lambda" });
            },
            qualifiedArn: (request) => request.arn("lambda", `function:${request.physicalName}:1`),
            version: "1",
        },
        providerDefaults: {
            packageType: "Zip",
            publish: false,
            reservedConcurrentExecutions: -1,
            skipDestroy: false,
            "vpcConfig.ipv6AllowedForDualStack": false,
        },
        forceNew: forceNew("lambda/function", ["name", "packageType", "tenancyConfig"]),
        storage: storage["aws:lambda/function:Function"],
        deletion: {
            retainingInputs: ["skipDestroy"],
            duration: "20 to 40 minutes: Lambda gives its network interfaces back late",
        },
        weakerInputs: [
            {
                check: removed("kmsKeyArn"),
                risk: encryptionRisk,
                source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
            },
        ],
        exclusive: [refused("lambda", "CreateFunction", "name", "ResourceConflictException")],
        recovery: { importId: "{name}" },
        children: "listed",
        grants: [
            writeGrant(
                "lambda: CreateFunction DeleteFunction DeleteFunctionConcurrency PutFunctionConcurrency PutFunctionEventInvokeConfig PutFunctionRecursionConfig PutRuntimeManagementConfig TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration",
                functions,
            ),
            readGrant(
                "lambda: GetFunction GetFunctionCodeSigningConfig GetFunctionConcurrency GetFunctionConfiguration GetFunctionRecursionConfig GetRuntimeManagementConfig ListTags ListVersionsByFunction",
                functions,
            ),
            // With the rights of the caller Lambda looks at the network that it joins.
            listGrant("ec2: DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeNetworkInterfaces"),
            securityGroupsOfVpc,
            passRoles,
            ...keyUseGrants,
        ],
    },
    "aws:lambda/permission:Permission": {
        forceNew: forceNew("lambda/permission", [
            "action",
            "eventSourceToken",
            "function",
            "functionUrlAuthType",
            "invokedViaFunctionUrl",
            "principal",
            "principalOrgId",
            "qualifier",
            "sourceAccount",
            "sourceArn",
            "statementId",
            "statementIdPrefix",
        ]),
        exclusive: [refused("lambda", "AddPermission", "function statementId", "ResourceConflictException")],
        recovery: "lookup",
        children: { none: "it is a statement of a function's policy, and nothing else" },
        grants: [
            writeGrant("lambda: AddPermission RemovePermission", functions),
            readGrant("lambda: GetPolicy", functions),
        ],
    },
};
