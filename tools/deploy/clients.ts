import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { ConfigServiceClient } from "@aws-sdk/client-config-service";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { GuardDutyClient } from "@aws-sdk/client-guardduty";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { SecurityHubClient } from "@aws-sdk/client-securityhub";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { STSClient } from "@aws-sdk/client-sts";
import { WAFV2Client } from "@aws-sdk/client-wafv2";

/** A client of each service that a deployment asks, all with the credentials that Pulumi takes. */
export const connect = (region: string) => ({
    apiGateway: new APIGatewayClient({ region }),
    cloudTrail: new CloudTrailClient({ region }),
    cloudWatch: new CloudWatchClient({ region }),
    config: new ConfigServiceClient({ region }),
    ec2: new EC2Client({ region }),
    ecr: new ECRClient({ region }),
    ecs: new ECSClient({ region }),
    elasticache: new ElastiCacheClient({ region }),
    elb: new ElasticLoadBalancingV2Client({ region }),
    guardDuty: new GuardDutyClient({ region }),
    lambda: new LambdaClient({ region }),
    quotas: new ServiceQuotasClient({ region }),
    rds: new RDSClient({ region }),
    route53: new Route53Client({ region }),
    s3: new S3Client({ region }),
    securityHub: new SecurityHubClient({ region }),
    sts: new STSClient({ region }),
    waf: new WAFV2Client({ region }),
});

export type Clients = ReturnType<typeof connect>;

/** All items of all pages. */
export async function allOf<Page, Item>(
    pages: AsyncIterable<Page>,
    itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of pages) {
        items.push(...(itemsOf(page) ?? []));
    }
    return items;
}
