import { expect, test } from "@jest/globals";
import { Certificate } from "../../lib/edge/certificate.ts";
import type { Settings } from "../../lib/settings/schema.ts";
import { Secret } from "../../plan/plan.ts";
import { findNode, nodesOf, planComponent } from "../recorder.ts";
import { accountId, onlyNode, testScope, exposeValue, typeTokens } from "./fixtures.ts";

const name = "payment-certificate-test";
const component = "payment:index:Certificate";
const domainName = "pay.example.com";
const zoneName = "example.com";
const arn = `arn:aws:acm:eu-west-1:${accountId}:certificate/${"0".repeat(36)}`;

const planned = (settings: Settings["certificate"]) =>
    planComponent(() => {
        exposeValue("shown", new Certificate(name, { scope: testScope(), settings }).arn);
    });

test("with a zone AWS issues the certificate, validated by a record in the zone", async () => {
    const plan = await planned({ source: "dns", domainName, zoneName });
    const certificate = onlyNode(plan, typeTokens.certificate);
    expect(certificate.inputs).toMatchObject({
        domainName,
        validationMethod: "DNS",
        options: { certificateTransparencyLoggingPreference: "ENABLED" },
    });
    const record = onlyNode(plan, typeTokens.record);
    const [proof] = certificate.outputs.domainValidationOptions as Record<string, string>[];
    expect(record.inputs).toMatchObject({
        zoneId: findNode(plan, name, component).outputs.zoneId,
        name: proof?.resourceRecordName,
        type: "CNAME",
        records: [proof?.resourceRecordValue],
        allowOverwrite: true,
    });
    // Certificates of other stacks may need the record to be renewed.
    expect(record.options.retainOnDelete).toBe(true);
    const validation = onlyNode(plan, "aws:acm/certificateValidation:CertificateValidation");
    expect(validation.inputs).toEqual({
        certificateArn: certificate.outputs.arn,
        validationRecordFqdns: [record.outputs.fqdn],
    });
});

test("a listener gets the issued certificate only once it is valid", async () => {
    const plan = await planned({ source: "dns", domainName, zoneName });
    const shown = findNode(plan, "shown");
    expect(shown.inputs.value).toBe(onlyNode(plan, typeTokens.certificate).outputs.arn);
    expect(shown.propertyDependencies.value).toContain(
        onlyNode(plan, "aws:acm/certificateValidation:CertificateValidation").urn,
    );
});

test("without a domain the stack signs its own certificate, and the key is never in plain text", async () => {
    const plan = await planned({ source: "self-signed" });
    const key = onlyNode(plan, "tls:index/privateKey:PrivateKey");
    const signed = onlyNode(plan, "tls:index/selfSignedCert:SelfSignedCert");
    const certificate = onlyNode(plan, typeTokens.certificate);
    expect(key.inputs).toEqual({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    expect(signed.inputs.privateKeyPem).toBeInstanceOf(Secret);
    expect(certificate.inputs.privateKey).toBeInstanceOf(Secret);

    const pem = (key.outputs.privateKeyPem as Secret).value as string;
    expect(pem).toContain("PRIVATE KEY");
    expect(certificate.inputs.privateKey).toEqual(new Secret(pem));
    const open = JSON.stringify(plan.nodes, (_, shown: unknown) => (shown instanceof Secret ? "masked" : shown));
    expect(open).not.toContain(JSON.stringify(pem).slice(1, -1));

    expect(findNode(plan, "shown").inputs.value).toBe(certificate.outputs.arn);
    expect(nodesOf(plan, typeTokens.record)).toEqual([]);
});

test("the self-signed certificate has the name of this stack and is renewed before its year is over", async () => {
    const signed = onlyNode(await planned({ source: "self-signed" }), "tls:index/selfSignedCert:SelfSignedCert");
    expect(signed.inputs).toMatchObject({
        subject: { commonName: "payment-platform-test.example.com", organization: "ScalePayments" },
        dnsNames: ["payment-platform-test.example.com"],
        // API Gateway requires a certificate authority at the root of the chain.
        isCaCertificate: true,
        allowedUses: ["digital_signature", "server_auth", "cert_signing"],
        validityPeriodHours: 8760,
        earlyRenewalHours: 720,
    });
});

test.each([
    [{ source: "dns", domainName, zoneName }, domainName],
    [{ source: "arn", arn, domainName }, domainName],
    [{ source: "self-signed" }, "payment-platform-test.example.com"],
] as const)("callers over TLS get the name on the certificate: %j", async (settings, expected) => {
    expect(findNode(await planned(settings), name, component).outputs.name).toBe(expected);
});

test.each([
    ["without a zone", undefined, undefined],
    ["with a zone for the alias", zoneName, expect.stringMatching(/^Z[0-9A-F]+$/)],
])("an existing certificate is used unchanged, %s", async (_, zone, zoneId) => {
    const plan = await planned({ source: "arn", arn, domainName, zoneName: zone });
    expect(findNode(plan, "shown").inputs.value).toBe(arn);
    expect(findNode(plan, name, component).outputs.zoneId).toEqual(zoneId);
    expect(plan.nodes.filter(({ custom }) => custom).map((node) => node.name)).toEqual(["shown"]);
});
