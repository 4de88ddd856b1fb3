/** Permissions by GitHub's names: `{ checks: 'write' }`. */
export type GrantedPermissions = { readonly [permission: string]: string };

/** What GitHub says of the Touchstone App to the App itself. */
export type AppFacts =
  /** Without its key there is nobody to ask as; its id may be known all the same. */
  | { readonly kind: 'no-credentials'; readonly id?: number }
  | { readonly kind: 'unusable'; readonly because: string }
  | RegisteredApp;

export interface RegisteredApp {
  readonly kind: 'app';
  readonly id: number;
  readonly name: string;
  /** What everybody sees of it. */
  readonly page: string;
  /** Where its owner changes it. */
  readonly settings: string;
  readonly permissions: GrantedPermissions;
  readonly events: readonly string[];
  /** In the repository that is looked at; absent where it is not installed there. */
  readonly installation?: AppInstallation;
  /** Absent where it has none. */
  readonly hook?: HookSettings;
  /** The latest, in any order: of all repositories that it is installed in. */
  readonly deliveries: readonly HookDelivery[];
  /** When they were asked for. */
  readonly askedAt: Date;
}

export interface AppInstallation {
  /** Where the owner of the account sees what it may do. */
  readonly page: string;
  readonly suspended: boolean;
  /** What was accepted. */
  readonly permissions: GrantedPermissions;
}

export interface HookSettings {
  readonly url: string;
  readonly contentType: string;
  readonly hasSecret: boolean;
  /** Whether GitHub looks at the certificate of whom it delivers to. */
  readonly verifiesCertificate: boolean;
}

/** One try to hand an event over. */
export interface HookDelivery {
  /** That of the event: a second try has the same. */
  readonly guid: string;
  readonly event: string;
  readonly at: Date;
  readonly statusCode: number;
  /** `OK`, `timed out` */
  readonly status: string;
}
