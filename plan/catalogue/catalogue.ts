import { acm } from "./acm.ts";
import { apiGateway } from "./api-gateway.ts";
import { applicationAutoScaling } from "./application-auto-scaling.ts";
import { cloudtrail } from "./cloudtrail.ts";
import { cloudwatch } from "./cloudwatch.ts";
import { config } from "./config.ts";
import { dynamodb } from "./dynamodb.ts";
import { ecr } from "./ecr.ts";
import { ecs } from "./ecs.ts";
import { elasticache } from "./elasticache.ts";
import { events } from "./events.ts";
import { guardduty } from "./guardduty.ts";
import { iam } from "./iam.ts";
import { kms } from "./kms.ts";
import { lambda } from "./lambda.ts";
import { loadBalancing } from "./load-balancing.ts";
import { logs } from "./logs.ts";
import { otherProviders } from "./other-providers.ts";
import { rdsGroups } from "./rds-groups.ts";
import { rds } from "./rds.ts";
import { route53 } from "./route53.ts";
import { s3 } from "./s3.ts";
import { scheduler } from "./scheduler.ts";
import { secretsmanager } from "./secretsmanager.ts";
import { securityGroups } from "./security-groups.ts";
import { securityhub } from "./securityhub.ts";
import { sns } from "./sns.ts";
import { sqs } from "./sqs.ts";
import { typesNotCreatedByProgram } from "./not-created.ts";
import { vpc } from "./vpc.ts";
import { vpcEndpoints } from "./vpc-endpoints.ts";
import { wafv2 } from "./wafv2.ts";
import type { PartialRows, ResourceTypeRow, ServiceRows } from "./row.ts";

/** Types that stacks create, by type. */
export const rowsOfAwsTypes: ServiceRows = {
    ...acm,
    ...apiGateway,
    ...applicationAutoScaling,
    ...cloudtrail,
    ...cloudwatch,
    ...config,
    ...dynamodb,
    ...ecr,
    ...ecs,
    ...elasticache,
    ...events,
    ...guardduty,
    ...iam,
    ...kms,
    ...lambda,
    ...loadBalancing,
    ...logs,
    ...rds,
    ...rdsGroups,
    ...route53,
    ...s3,
    ...scheduler,
    ...secretsmanager,
    ...securityGroups,
    ...securityhub,
    ...sns,
    ...sqs,
    ...vpc,
    ...vpcEndpoints,
    ...wafv2,
};

/** Each AWS type and provider that the project knows something of, by type. */
export const catalogue: PartialRows = { ...rowsOfAwsTypes, ...otherProviders, ...typesNotCreatedByProgram };

/** The types whose row has a member, each with that member. */
export const typesWith = <Member extends keyof ResourceTypeRow>(
    member: Member,
): (readonly [type: string, value: NonNullable<ResourceTypeRow[Member]>])[] =>
    Object.entries(catalogue).flatMap(([type, row]) => {
        const value = row[member];
        return value === undefined ? [] : [[type, value] as const];
    });
