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

/** The certificate of the load balancer: the stack's own, one that ACM issues and renews, or one that signs itself. */
export class Certificate extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;
    /** The name that it is made out to. */
    public readonly name: string;
    /** Hosted zone of the domain, when the stack names one. */
    public readonly zoneId?: pulumi.Output<string>;

    constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Certificate", name, {}, opts);
        const { scope, settings } = args;
        const zone = (zoneName: string) => aws.route53.getZoneOutput({ name: zoneName }, { parent: this }).zoneId;
        this.name = settings.source === "self-signed" ? `${nameOf(scope, "platform")}.internal` : settings.domainName;
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
                this.arn = this.selfSigned(name);
                break;
        }
        this.registerOutputs({ arn: this.arn, name: this.name, zoneId: this.zoneId });
    }

    /** Resolves when ACM has seen the record: a listener takes no certificate that is still pending. */
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
        const proof = certificate.domainValidationOptions.apply((options) => requireItem(options, 0));
        const record = new aws.route53.Record(
            name,
            {
                zoneId,
                name: proof.resourceRecordName,
                type: proof.resourceRecordType,
                records: [proof.resourceRecordValue],
                ttl: 300,
                // Copies of the platform under one domain share the proof.
                allowOverwrite: true,
            },
            inside,
        );
        return new aws.acm.CertificateValidation(
            name,
            { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
            inside,
        ).certificateArn;
    }

    /** For a stack without a domain: the traffic is encrypted, but clients cannot tell whom they talk to. */
    private selfSigned(name: string): pulumi.Output<string> {
        const inside = { parent: this };
        const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, inside);
        const signed = new tls.SelfSignedCert(
            name,
            {
                privateKeyPem: key.privateKeyPem,
                subject: { commonName: this.name, organization: "ScalePayments" },
                dnsNames: [this.name],
                // API Gateway, told not to ask who signed, still asks for an authority at the root of the chain
                // (https://docs.aws.amazon.com/apigateway/latest/api/API_TlsConfig.html).
                isCaCertificate: true,
                allowedUses: ["digital_signature", "server_auth", "cert_signing"],
                validityPeriodHours: 365 * 24,
                // The first `up` in the last month renews it in place.
                earlyRenewalHours: 30 * 24,
            },
            inside,
        );
        return new aws.acm.Certificate(
            name,
            { privateKey: key.privateKeyPem, certificateBody: signed.certPem, tags: { Name: name } },
            inside,
        ).arn;
    }
}
