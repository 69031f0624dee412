import { Module } from '@nestjs/common';
import { SandboxController, SandboxProcess } from './sandbox.controller';

@Module({ controllers: [SandboxController], providers: [SandboxProcess] })
export class SandboxModule {}
