/** A group of AWS regions with ARNs, host names and accounts of its own. */
export interface Partition {
    /** Second part of an ARN. */
    readonly name: string;
    /** End of the host names of AWS's services, and of services in `kms:ViaService`. */
    readonly dnsSuffix: string;
    /** End of the host names of the AWS console. */
    readonly consoleSuffix: string;
    readonly regions: RegExp;
    /**
     * Services whose VPC endpoints are called `cn.com.amazonaws.<region>.<service>`. Others have no `cn.`
     * (`aws ec2 describe-vpc-endpoint-services` in both regions of China; the preflight asks AWS for each name).
     */
    readonly reversedDomainEndpoints?: readonly string[];
}

const commercial: Partition = {
    name: "aws",
    dnsSuffix: "amazonaws.com",
    consoleSuffix: "console.aws.amazon.com",
    regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/,
};

/**
 * The partitions whose services have the suffix `amazonaws.com` or `amazonaws.com.cn`. A test compares them with the list in the
 * AWS SDK, and the sources of the consoles are
 * https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-differences.html and
 * https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html.
 */
export const partitions: readonly Partition[] = [
    commercial,
    {
        name: "aws-us-gov",
        dnsSuffix: "amazonaws.com",
        consoleSuffix: "console.amazonaws-us-gov.com",
        regions: /^us-gov-[a-z]+-\d+$/,
    },
    {
        name: "aws-cn",
        dnsSuffix: "amazonaws.com.cn",
        consoleSuffix: "console.amazonaws.cn",
        regions: /^cn-[a-z]+-\d+$/,
        reversedDomainEndpoints: ["ecr.api", "ecr.dkr", "sqs"],
    },
];

/** The partition of a region; that of most regions, for a region that no row has. */
export const partitionOfRegion = (region: string): Partition =>
    partitions.find(({ regions }) => regions.test(region)) ?? commercial;

/** End of the host names of AWS's services in a region. */
export const dnsSuffixOf = (region: string): string => partitionOfRegion(region).dnsSuffix;

/** Host name of a service in a region, such as `sqs.us-east-1.amazonaws.com`. */
export const regionalHost = (service: string, region: string): string => `${service}.${region}.${dnsSuffixOf(region)}`;

/** Name under which EC2 offers VPC endpoints of a service, such as `com.amazonaws.us-east-1.sqs`. */
export const endpointServiceName = (service: string, region: string): string => {
    const { reversedDomainEndpoints = [] } = partitionOfRegion(region);
    return `${reversedDomainEndpoints.includes(service) ? "cn.com" : "com"}.amazonaws.${region}.${service}`;
};

/** Address of the AWS console in a region. */
export const consoleUrl = (region: string): string => `https://${region}.${partitionOfRegion(region).consoleSuffix}`;
