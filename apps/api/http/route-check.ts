import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { Role } from '#libs/contracts/caller';
import { PUBLIC, ROLES, SCOPE } from './decorators';

/** Closed by default: the API does not start with a route that says neither who may call it nor that everybody may, or lets API keys in without naming their scope. */
@Injectable()
export class RouteCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    const open = this.discovery.getControllers().flatMap(({ metatype }) => (metatype ? this.unguarded(metatype as ControllerClass) : []));
    if (open.length > 0) throw new Error(`routes without Roles or Public, or with the role service but no Scope: ${open.join(', ')}`);
  }

  private unguarded(controller: ControllerClass): string[] {
    const prototype = controller.prototype as Record<string, () => unknown>;
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((name) => Reflect.hasMetadata(METHOD_METADATA, prototype[name]!))
      .filter((name) => !isGuarded(this.reflector, [prototype[name]!, controller]))
      .map((name) => `${controller.name}.${name}`);
  }
}

type ControllerClass = new (...parameters: never[]) => object;

function isGuarded(reflector: Reflector, targets: Parameters<Reflector['getAllAndOverride']>[1]): boolean {
  if (reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
  const roles = reflector.getAllAndOverride<readonly Role[] | undefined>(ROLES, targets) ?? [];
  return roles.length > 0 && (!roles.includes('service') || reflector.getAllAndOverride<string | undefined>(SCOPE, targets) !== undefined);
}
