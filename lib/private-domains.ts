/**
 * Top-level domains that are in no public list: nobody outside a network finds a host below them, and API Gateway may refuse it in the
 * URI of an integration (https://github.com/aws/aws-cdk/issues/24017, https://www.iana.org/assignments/special-use-domain-names).
 */
const privateTopLevelDomains = [
    "internal",
    "local",
    "localhost",
    "localdomain",
    "lan",
    "home",
    "corp",
    "test",
    "invalid",
    "arpa",
];

/** Whether a domain name has two labels or more and no private top-level domain. */
export function isPublicDomain(name: string): boolean {
    const labels = name.split(".");
    return labels.length > 1 && !privateTopLevelDomains.includes(labels.at(-1) ?? "");
}
