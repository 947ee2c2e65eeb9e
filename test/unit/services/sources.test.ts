import { X509Certificate } from "node:crypto";
import { expect, test } from "@jest/globals";
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

test.each([
    // The Regions that docs/services.md names.
    ...["ca-west-1", "il-central-1", "mx-central-1", "ap-east-2", "ap-southeast-5", "ap-southeast-7"],
    ...["us-gov-east-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1"],
    "us-east",
])("in %s, which has none, a service does not start, and says why", (region) => {
    expect(() => rdsAuthoritiesOf(region)).toThrow(`no root certificate of RDS in ${region}: use another Region, or`);
});
