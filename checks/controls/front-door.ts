import type { ControlGroup } from "./control-group.ts";

/** Load balancer, firewalls and API. */
export const frontDoorControls: readonly ControlGroup[] = [
    {
        ids: ["ELB.1", "CKV2_AWS_20"],
        title: "Callers without TLS are not served",
        requirements: ["PCI-4.2.1"],
    },
    {
        ids: ["ELB.4", "CKV_AWS_131"],
        title: "Malformed headers are dropped",
        requirements: ["PCI-6.2.4"],
    },
    {
        ids: [
            "ELB.5",
            "CKV_AWS_91",
            "aws-lb-loadbalancer-enable-access-logging",
            "aws-lb-loadbalancer-configure-access-logging",
        ],
        title: "The load balancer logs every request",
        requirements: ["PCI-10.2.1"],
    },
    {
        ids: ["ELB.6", "CKV_AWS_150"],
        title: "The load balancer cannot be deleted by a slip",
        requirements: ["PCI-12.10.1"],
        unmetReason: "Stacks are destroyable by decision; production may set protect",
    },
    {
        ids: ["ELB.12", "CKV_AWS_328"],
        title: "Requests that desynchronise proxies are dropped",
        requirements: ["PCI-6.2.4"],
    },
    {
        ids: ["ELB.13"],
        title: "The load balancer stands in two zones",
        requirements: ["PCI-12.10.1"],
    },
    {
        ids: ["ELB.16", "CKV2_AWS_28"],
        title: "A web firewall stands before the load balancer",
        requirements: ["PCI-6.4.2"],
    },
    {
        ids: ["ELB.17", "CKV_AWS_103", "CKV2_AWS_74"],
        title: "Only recommended TLS policies are used",
        requirements: ["PCI-4.2.1"],
    },
    {
        ids: ["aws-lb-listener-configure-secure-tls"],
        title: "The TLS policy is one of a fixed list",
        requirements: ["PCI-4.2.1"],
        unmetReason:
            "The list of the check ends before the policies with post-quantum key exchange; ELB.17 recommends ours",
    },
    {
        ids: ["ELB.18", "CKV_AWS_2", "aws-lb-listener-disallow-unencrypted-traffic"],
        title: "Listeners speak HTTPS",
        requirements: ["PCI-4.2.1"],
    },
    {
        ids: ["ELB.21", "ELB.22", "CKV_AWS_378"],
        title: "Targets are called and checked over HTTPS",
        requirements: ["PCI-4.2.1"],
    },
    {
        ids: ["CKV_AWS_261"],
        title: "The health of targets is checked",
        requirements: ["PCI-12.10.1"],
    },
    {
        ids: ["ACM.1"],
        title: "Certificates renew before they expire",
        requirements: ["PCI-4.2.1"],
    },
    {
        ids: ["ACM.2"],
        title: "Keys of certificates are strong",
        requirements: ["PCI-4.2.1"],
    },
    {
        ids: ["CKV_AWS_234"],
        title: "Certificates are logged in public",
        requirements: ["PCI-4.2.1"],
    },
    {
        ids: ["CKV2_AWS_71"],
        title: "Certificates stand for no wildcard",
        requirements: ["PCI-4.2.1"],
    },
    {
        ids: ["WAF.10", "CKV_AWS_175", "CKV_AWS_342"],
        title: "Firewalls have rules, and rules act",
        requirements: ["PCI-6.4.2"],
    },
    {
        ids: ["WAF.11", "CKV2_AWS_31"],
        title: "Firewalls log",
        requirements: ["PCI-6.4.2", "PCI-10.2.1"],
    },
    {
        ids: ["WAF.12"],
        title: "Each rule of a firewall is counted",
        requirements: ["PCI-10.7.2"],
    },
    {
        ids: ["CKV_AWS_192"],
        title: "Log4j attacks are refused",
        requirements: ["PCI-6.2.4", "PCI-6.4.2"],
    },
    {
        ids: ["CKV2_AWS_76", "CKV2_AWS_77"],
        title: "Known bad input and anonymous callers are looked for",
        requirements: ["PCI-6.4.2"],
    },
    {
        ids: ["APIGateway.1", "CKV_AWS_76", "CKV2_AWS_4"],
        title: "The API logs accesses and errors",
        requirements: ["PCI-10.2.1"],
    },
    {
        ids: ["APIGateway.2", "CKV2_AWS_51"],
        title: "The API shows services who it is",
        requirements: ["PCI-4.2.1"],
    },
    {
        ids: ["APIGateway.3", "CKV_AWS_73"],
        title: "The API is traced",
        requirements: ["PCI-10.7.2"],
    },
    {
        ids: ["APIGateway.4", "CKV2_AWS_29"],
        title: "A web firewall stands before the API",
        requirements: ["PCI-6.4.2"],
    },
    {
        ids: ["APIGateway.5", "CKV_AWS_308"],
        title: "What the API caches is encrypted",
        requirements: ["PCI-3.5.1"],
    },
    {
        ids: ["CKV_AWS_276"],
        title: "The API writes down no requests",
        requirements: ["PCI-3.5.1"],
    },
    {
        ids: ["CKV_AWS_120", "CKV_AWS_225"],
        title: "The API caches answers",
        requirements: ["PCI-3.2.1"],
        unmetReason: "Answers about payments must be neither kept nor repeated",
    },
    {
        ids: ["APIGateway.10"],
        title: "Private integrations check the server's name",
        requirements: ["PCI-4.2.1"],
        unmetReason: "Dev has no domain that a certificate could prove; the way leads through the VPC alone",
    },
    {
        ids: ["CKV_AWS_217", "CKV_AWS_233"],
        title: "A certificate and an API's deployment are replaced before the old one is deleted",
        requirements: ["PCI-12.10.1"],
    },
    {
        ids: ["CKV_AWS_237"],
        title: "An API is replaced before the old one is deleted",
        requirements: ["PCI-12.10.1"],
        unmetReason:
            "No change of the API's inputs replaces it; a plan that would replace it anyway is refused, as its address would change",
    },
    {
        ids: ["Route53.2", "CKV2_AWS_39"],
        title: "The hosted zone logs its queries",
        requirements: ["PCI-10.2.1"],
        unmetReason: "The zone belongs to the owner of the domain: the stack looks it up and adds records to it",
    },
    {
        ids: ["CKV2_AWS_38"],
        title: "The hosted zone is signed with DNSSEC",
        requirements: ["PCI-4.2.1"],
        unmetReason: "The zone belongs to the owner of the domain: the stack looks it up and adds records to it",
    },
    {
        ids: ["CKV_AWS_59", "CKV2_AWS_70"],
        title: "Every method asks who calls",
        requirements: ["PCI-7.2.5"],
    },
    {
        ids: ["CKV2_AWS_53"],
        title: "Every method checks what comes",
        requirements: ["PCI-6.2.4"],
    },
    {
        ids: ["Lambda.1", "CKV_AWS_301", "CKV_AWS_364", "aws-lambda-permission-configure-source-arn"],
        title: "Functions are called by named sources only",
        requirements: ["PCI-7.2.5"],
    },
];
