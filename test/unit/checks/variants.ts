/** Settings that no stack of the tests has, by what they are for. Tests that take the same share the plan. */
export const variants = {
    /** Two blocks of addresses may call, and plain HTTP is redirected. */
    fewCallers: { edge: { allowedCidrs: ["203.0.113.0/24", "198.51.100.7/32"], httpRedirect: true } },
    validatorBehindLoadBalancer: { "validation.albPriority": 5, "validation.reservedConcurrency": 10 },
} as const;
