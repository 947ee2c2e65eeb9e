import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { requireItem } from "../list.ts";
import { nameOf, type Scope } from "../scope.ts";
import type { Settings } from "../settings/schema.ts";

export interface CertificateArgs {
    readonly scope: Scope;
    readonly settings: Settings["certificate"];
}

/** The certificate of the load balancer: an existing one, one that ACM issues and renews, or a self-signed one. */
export class Certificate extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;
    public readonly name: string;
    /** Hosted zone of the domain, if the settings name one. */
    public readonly zoneId?: pulumi.Output<string>;

    constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Certificate", name, {}, opts);
        const { scope, settings } = args;
        const zone = (zoneName: string) => aws.route53.getZoneOutput({ name: zoneName }, { parent: this }).zoneId;
        this.name = settings.source === "self-signed" ? selfSignedName(scope) : settings.domainName;
        switch (settings.source) {
            case "arn":
                this.arn = pulumi.output(settings.arn);
                this.zoneId = settings.zoneName === undefined ? undefined : zone(settings.zoneName);
                break;
            case "dns":
                this.zoneId = zone(settings.zoneName);
                this.arn = this.issued(name, settings.domainName, this.zoneId);
                break;
            case "self-signed":
                this.arn = this.selfSigned(name, nameOf(scope, "self-signed"));
                break;
        }
        this.registerOutputs({ arn: this.arn, name: this.name, zoneId: this.zoneId });
    }

    /** Resolves once ACM has validated the domain: a listener accepts only an issued certificate. */
    private issued(name: string, domainName: string, zoneId: pulumi.Output<string>): pulumi.Output<string> {
        const inside = { parent: this };
        const certificate = new aws.acm.Certificate(
            name,
            {
                domainName,
                validationMethod: "DNS",
                options: { certificateTransparencyLoggingPreference: "ENABLED" },
                tags: { Name: name },
            },
            inside,
        );
        const validation = certificate.domainValidationOptions.apply((options) => requireItem(options, 0));
        const record = new aws.route53.Record(
            name,
            {
                zoneId,
                name: validation.resourceRecordName,
                type: validation.resourceRecordType,
                records: [validation.resourceRecordValue],
                ttl: 300,
                allowOverwrite: true,
            },
            // ACM gives one record to all certificates of a domain in the account, and renews none without it. So another stack
            // may have written it first, and may need it after this one.
            { ...inside, retainOnDelete: true },
        );
        return new aws.acm.CertificateValidation(
            name,
            { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
            inside,
        ).certificateArn;
    }

    /** For a stack without a domain: traffic is encrypted, but clients cannot verify the server. */
    private selfSigned(name: string, certificateName: string): pulumi.Output<string> {
        const inside = { parent: this };
        const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, inside);
        const signed = new tls.SelfSignedCert(
            name,
            {
                privateKeyPem: key.privateKeyPem,
                subject: { commonName: this.name, organization: "ScalePayments" },
                dnsNames: [this.name],
                // Even with `insecureSkipVerification` API Gateway requires a CA certificate at the root of the chain
                // (https://docs.aws.amazon.com/apigateway/latest/api/API_TlsConfig.html).
                isCaCertificate: true,
                allowedUses: ["digital_signature", "server_auth", "cert_signing"],
                validityPeriodHours: 365 * 24,
                // An update in the last month renews it in place.
                earlyRenewalHours: 30 * 24,
            },
            inside,
        );
        return new aws.acm.Certificate(
            certificateName,
            { privateKey: key.privateKeyPem, certificateBody: signed.certPem, tags: { Name: certificateName } },
            inside,
        ).arn;
    }
}

/**
 * A name that nobody can register (RFC 2606), below a public top-level domain: API Gateway may refuse the host of an
 * integration below a private one such as `.internal` (https://github.com/aws/aws-cdk/issues/24017).
 */
const selfSignedName = (scope: Scope): string => `${nameOf(scope, "platform")}.example.com`;
