import manifest from '../package.json' with { type: 'json' };

/** Version of Ridethrough. */
export const VERSION: string = manifest.version;
