import { expect, test } from "@jest/globals";
import { allowAccount, GatewayEndpoint, allowLayerDownload } from "../../lib/network/endpoints.ts";
import { findNode, planComponent } from "../recorder.ts";
import { planTestStack } from "../stacks.ts";
import { accountId, onlyNode, testScope, policyStatements } from "./fixtures.ts";

const type = "aws:ec2/vpcEndpoint:VpcEndpoint";
const scope = testScope();

test.each(["s3", "dynamodb"] as const)("%s is reached by a route, from the given route tables", async (service) => {
    const plan = await planComponent(
        () =>
            new GatewayEndpoint(`payment-${service}-test`, {
                scope,
                service,
                vpcId: "vpc-1",
                routeTableIds: ["rtb-1", "rtb-2"],
                statements: [allowLayerDownload(scope)],
            }),
    );
    expect(onlyNode(plan, type).inputs).toMatchObject({
        serviceName: `com.amazonaws.eu-west-1.${service}`,
        vpcEndpointType: "Gateway",
        vpcId: "vpc-1",
        routeTableIds: ["rtb-1", "rtb-2"],
        tags: { Name: `payment-${service}-test` },
    });
});

test("only identities of the account may use an endpoint", async () => {
    const plan = await planComponent(
        () =>
            new GatewayEndpoint("payment-s3-test", {
                scope,
                service: "s3",
                vpcId: "vpc-1",
                routeTableIds: [],
                statements: [allowAccount(scope, ["s3:PutObject"], ["arn:aws:s3:::bucket/audit/*"])],
            }),
    );
    expect(policyStatements(onlyNode(plan, type))).toEqual([
        {
            Effect: "Allow",
            Principal: "*",
            Action: ["s3:PutObject"],
            Resource: ["arn:aws:s3:::bucket/audit/*"],
            Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
        },
    ]);
});

test.each(["dev", "staging", "prod"])(
    "from %s DynamoDB allows one table, and S3 image layers and audit records",
    async (stack) => {
        const plan = await planTestStack(stack);
        const resources = (name: string) =>
            policyStatements(findNode(plan, name, type)).flatMap(({ Effect, Action, Resource }) => {
                expect(Effect).toBe("Allow");
                return [[Action, Resource].flat()];
            });
        const table = `arn:aws:dynamodb:us-east-1:${accountId}:table/payment-transactions-${stack}`;
        expect(resources(`payment-dynamodb-${stack}`)).toEqual([
            ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", table, `${table}/index/*`],
        ]);
        expect(resources(`payment-s3-${stack}`)).toEqual([
            ["s3:GetObject", "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"],
            ["s3:PutObject", `arn:aws:s3:::payment-audit-${stack}-${accountId}/audit/????/*`],
        ]);
    },
);
