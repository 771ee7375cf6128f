/** Options of drivers that let somebody in; a community of SNMP does so by itself. */
export const SECRET_OPTIONS = ['authPassword', 'privPassword', 'password', 'community'] as const;
