/** USD an hour, by the sizes of one family. */
type Family = Readonly<Record<string, number>>;
type Families = Readonly<Record<string, Family>>;

/** USD an hour by region and name of the class. */
export type ClassPrices = Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;

/** Prices by full name, such as `db.r8g.large`. */
const byName = (prefix: string, families: Families, factor = 1): Record<string, number> =>
    Object.fromEntries(
        Object.entries(families).flatMap(([family, sizes]) =>
            Object.entries(sizes).map(([size, usd]) => [`${prefix}.${family}.${size}`, usd * factor]),
        ),
    );

/** Aurora PostgreSQL, Aurora Standard, on demand (price list `AmazonRDS` of 2026-06-05, https://aws.amazon.com/rds/aurora/pricing/). */
const auroraInVirginia: Families = {
    t3: { medium: 0.082, large: 0.164 },
    t4g: { medium: 0.073, large: 0.146 },
    r5: r5Sizes(0.29),
    r6g: graviton(0.26, 0.519, 1.038, 2.076, 4.152, 6.228, 8.304),
    r7g: graviton(0.276, 0.553, 1.106, 2.211, 4.422, 6.633, 8.844),
    r8g: { ...graviton(0.276, 0.552, 1.104, 2.208, 4.416, 6.624, 8.832), "24xlarge": 13.248, "48xlarge": 26.496 },
};

export const databaseClassPrices: ClassPrices = {
    "us-east-1": byName("db", auroraInVirginia),
};

/** Redis OSS, on demand (price list `AmazonElastiCache` of 2026-10-02, https://aws.amazon.com/elasticache/pricing/). */
const redisInVirginia: Families = {
    t2: { micro: 0.017, small: 0.034, medium: 0.068 },
    t3: { micro: 0.017, small: 0.034, medium: 0.068 },
    t4g: { micro: 0.016, small: 0.032, medium: 0.065 },
    m4: { large: 0.156, xlarge: 0.311, "2xlarge": 0.623, "4xlarge": 1.245, "10xlarge": 3.112 },
    m5: { large: 0.156, xlarge: 0.311, "2xlarge": 0.623, "4xlarge": 1.245, "12xlarge": 3.744, "24xlarge": 7.488 },
    m6g: graviton(0.149, 0.297, 0.593, 1.186, 2.372, 3.557, 4.743),
    m7g: graviton(0.158, 0.315, 0.629, 1.257, 2.514, 3.77, 5.028),
    r4: { large: 0.228, xlarge: 0.455, "2xlarge": 0.91, "4xlarge": 1.82, "8xlarge": 3.64, "16xlarge": 7.28 },
    r5: { large: 0.216, xlarge: 0.431, "2xlarge": 0.862, "4xlarge": 1.724, "12xlarge": 5.184, "24xlarge": 10.368 },
    r6g: graviton(0.206, 0.411, 0.821, 1.642, 3.284, 4.925, 6.567),
    r6gd: { xlarge: 0.781, "2xlarge": 1.56, "4xlarge": 3.12, "8xlarge": 6.24, "12xlarge": 9.358, "16xlarge": 12.477 },
    r7g: graviton(0.219, 0.437, 0.873, 1.745, 3.491, 5.235, 6.981),
    c7gn: graviton(0.255, 0.509, 1.018, 2.037, 4.073, 6.11, 8.147),
};

/** Types of the same price list that only Valkey has. */
const valkeyOnlyInVirginia: Families = {
    m8g: graviton(0.1266, 0.2531, 0.5062, 1.0125, 2.025, 3.0375, 4.05),
    r8g: graviton(0.1756, 0.3511, 0.7022, 1.4044, 2.8088, 4.2132, 5.6177),
    c8gn: graviton(0.1837, 0.3674, 0.7348, 1.4696, 2.9392, 4.4088, 5.8784),
};

/** In the price list each type that both engines have costs a fifth less with Valkey. */
const valkeyFactor = 0.8;

export const cacheNodePrices: Readonly<Record<"redis" | "valkey", ClassPrices>> = {
    redis: { "us-east-1": byName("cache", redisInVirginia) },
    valkey: {
        "us-east-1": {
            ...byName("cache", redisInVirginia, valkeyFactor),
            ...byName("cache", valkeyOnlyInVirginia),
        },
    },
};

/** The seven sizes that most Graviton families have. */
function graviton(large: number, xlarge: number, x2: number, x4: number, x8: number, x12: number, x16: number): Family {
    return { large, xlarge, "2xlarge": x2, "4xlarge": x4, "8xlarge": x8, "12xlarge": x12, "16xlarge": x16 };
}

/** Each size of db.r5 costs in proportion to its vCPUs. */
function r5Sizes(large: number): Family {
    const multiples = {
        large: 1,
        xlarge: 2,
        "2xlarge": 4,
        "4xlarge": 8,
        "8xlarge": 16,
        "12xlarge": 24,
        "16xlarge": 32,
    };
    return Object.fromEntries(
        Object.entries({ ...multiples, "24xlarge": 48 }).map(([size, multiple]) => [size, large * multiple]),
    );
}
