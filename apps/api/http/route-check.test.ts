import { Controller, Get, Post } from '@nestjs/common';
import { MetadataScanner, Reflector, type DiscoveryService } from '@nestjs/core';
import { Public, Roles, Scope } from './decorators';
import { RouteCheck } from './route-check';

const check = (...controllers: object[]) => {
  const discovery = { getControllers: () => controllers.map((metatype) => ({ metatype })) } as unknown as DiscoveryService;
  return () => new RouteCheck(discovery, new MetadataScanner(), new Reflector()).onApplicationBootstrap();
};

@Controller()
class Guarded {
  @Get('a') @Roles('admin') a(): void {}
  @Post('b') @Roles('service') @Scope('returns') b(): void {}
  @Get('c') @Public() c(): void {}
  helper(): void {}
}
@Controller()
@Roles('admin')
class GuardedAsAWhole {
  @Get('a') a(): void {}
}
@Controller()
class Forgotten {
  @Get('a') @Roles('admin') a(): void {}
  @Get('b') b(): void {}
}
@Controller()
class WithoutScope {
  @Post('a') @Roles('admin', 'service') a(): void {}
}

describe('at the start', () => {
  it('passes routes that say who may call them', () => expect(check(Guarded, GuardedAsAWhole)).not.toThrow());
  it('refuses a route that says nothing, by its name', () => expect(check(Guarded, Forgotten)).toThrow(/Forgotten\.b$/));
  it('refuses a route that lets API keys in without naming their scope', () => expect(check(WithoutScope)).toThrow('WithoutScope.a'));
});
