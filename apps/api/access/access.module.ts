import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard';
import { AuthController } from './auth.controller';
import { TokenCache } from './token-cache';

@Global()
@Module({ controllers: [AuthController], providers: [TokenCache, { provide: APP_GUARD, useClass: AccessGuard }], exports: [TokenCache] })
export class AccessModule {}
